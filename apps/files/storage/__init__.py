"""Where the content of files lies: the default storage, or S3 with its own uploads in parts."""

from __future__ import annotations

from django.core.files.storage import default_storage

from apps.files.storage.base import Address, Completed, Storage
from apps.files.storage.local import LocalStorage
from apps.files.storage.s3 import S3Storage, is_s3

__all__ = ["Address", "Completed", "Storage", "storage"]


def storage() -> Storage:
    """The storage that is configured."""
    return S3Storage(default_storage) if is_s3(default_storage) else LocalStorage(default_storage)
