"""Bodies of file uploads: the same nested text as of forms, with the file beside it."""

import hashlib
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError

from . import wire
from .errors import malformed
from .params import Kind


@dataclass(frozen=True)
class Upload:
    """A file as it was sent."""

    name: str
    content: bytes


class File(Kind):
    """The content of a file, sent as a part of its own."""

    def __init__(self, *, required: bool = False) -> None:
        self.required = required

    def convert(self, raw: Any, path: str) -> Upload:
        """The upload, or a 400 when text came in its place."""
        if not isinstance(raw, Upload):
            raise malformed("Send the file as multipart/form-data.", param=path)
        return raw


def is_multipart(request: HttpRequest) -> bool:
    """Whether the body is an upload rather than a form."""
    return request.method == "POST" and request.content_type == "multipart/form-data"


def read(request: HttpRequest) -> tuple[wire.Raw, str]:
    """The nested parameters, and a text that is the same for the same upload."""
    try:
        sent, files = request.POST, request.FILES
    except MultiPartParserError as error:
        raise malformed("The request could not be read as multipart/form-data.") from error
    encoded = sent.urlencode()
    raw = wire.parse(encoded)
    for name in files:
        file = files[name]
        if not isinstance(file, UploadedFile):
            raise malformed("Send one file.", param=name)
        upload = Upload(str(file.name), file.read())
        raw[name] = upload
        digest = hashlib.blake2b(upload.content, digest_size=16).hexdigest()
        encoded += f"&{name}={upload.name}:{digest}"
    return raw, encoded
