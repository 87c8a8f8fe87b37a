"""Input of the file endpoints."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.api.inputs import ChoiceField, TextField, WholeField
from apps.files.inputs import FileInput, PartDone, PartInput
from apps.files.models import File

# Beyond 32 bits: a file may be larger than two gigabytes.
MAX_SIZE = 2**53


class PartCreateInput(serializers.Serializer[Any]):
    """A part that is to come."""

    number = WholeField(min_value=1)
    chunk_start = WholeField(min_value=0, max_value=MAX_SIZE)
    chunk_end = WholeField(min_value=1, max_value=MAX_SIZE)
    checksum_sha256_base64 = TextField(required=False, allow_null=True)


class UploadInput(serializers.Serializer[Any]):
    """All parts."""

    parts = PartCreateInput(many=True, allow_empty=False)


class FileCreateInput(serializers.Serializer[Any]):
    """A file that is to come."""

    service = ChoiceField(choices=File.Service.values)
    name = TextField(min_length=1)
    mime_type = TextField(min_length=1, max_length=160)
    size = WholeField(min_value=1, max_value=MAX_SIZE)
    checksum_sha256_base64 = TextField(required=False, allow_null=True)
    upload = UploadInput()
    version = TextField(required=False, allow_null=True, max_length=255)
    organization_id = TextField(required=False, allow_null=True)


class PartDoneInput(serializers.Serializer[Any]):
    """A part that was sent."""

    number = WholeField(min_value=1)
    checksum_etag = TextField(min_length=1)
    checksum_sha256_base64 = TextField(required=False, allow_null=True)


class FileUploadedInput(serializers.Serializer[Any]):
    """All parts were sent."""

    id = TextField()
    path = TextField()
    parts = PartDoneInput(many=True, allow_empty=False)


class FilePatchInput(serializers.Serializer[Any]):
    """A change of a file; what is absent stays."""

    name = TextField(required=False, allow_null=True, min_length=1)
    version = TextField(required=False, allow_null=True, max_length=255)


def file_input(values: dict[str, Any]) -> FileInput:
    """The checked body of a creation as the operation takes it."""
    return FileInput(
        service=values["service"],
        name=values["name"],
        mime_type=values["mime_type"],
        size=values["size"],
        checksum=values.get("checksum_sha256_base64"),
        version=values.get("version"),
        parts=[
            PartInput(
                number=part["number"],
                start=part["chunk_start"],
                end=part["chunk_end"],
                checksum=part.get("checksum_sha256_base64"),
            )
            for part in values["upload"]["parts"]
        ],
    )


def parts_done(values: dict[str, Any]) -> list[PartDone]:
    """The checked body of a completion as the operation takes it."""
    return [
        PartDone(
            number=part["number"],
            etag=part["checksum_etag"],
            checksum=part.get("checksum_sha256_base64"),
        )
        for part in values["parts"]
    ]
