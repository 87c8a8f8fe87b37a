"""Renaming and deleting files; their content never changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.core.changes import assign
from apps.core.errors import ValidationFailed
from apps.core.origin import Origin
from apps.events.operations import record
from apps.files.limits import clean_name
from apps.files.locks import lock_file
from apps.files.models import File
from apps.files.storage import storage


@transaction.atomic
def update_file(*, file_id: UUID, changes: Mapping[str, Any], origin: Origin) -> File:
    """
    The file with another `name` or `version`; what is absent or a null name stays.

    :raises ValidationFailed: for an empty name.
    """
    file = lock_file(file_id)
    values = {name: changes[name] for name in ("name", "version") if name in changes}
    if values.get("name", "") is None:
        del values["name"]
    elif "name" in values:
        values["name"] = clean_name(values["name"])
        if not values["name"]:
            raise ValidationFailed.at("body", "name", msg="The file needs a name.")
    difference = assign(file, values)
    if difference:
        file.modified_at = origin.at
        file.save(update_fields=[*difference, "modified_at"])
        record(
            "file.updated",
            subject=file,
            organization_id=file.organization_id,
            origin=origin,
            changes=difference,
        )
    return file


@transaction.atomic
def delete_file(*, file_id: UUID, origin: Origin) -> File:
    """The file, gone at once; its content is removed after. Nobody can download it any more."""
    file = lock_file(file_id)
    file.deleted_at = file.modified_at = origin.at
    file.save(update_fields=["deleted_at", "modified_at"])
    record("file.deleted", subject=file, organization_id=file.organization_id, origin=origin)
    return file


def remove_content(*, file_id: UUID) -> None:
    """Remove the content of a deleted file from the storage; the second time nothing happens."""
    file = File.objects.filter(pk=file_id, deleted_at__isnull=False).first()
    if file is not None:
        storage().delete(file)
