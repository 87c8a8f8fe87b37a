"""The row locks of files."""

from __future__ import annotations

from uuid import UUID

from apps.core.errors import ResourceNotFound
from apps.files.models import File


def lock_file(file_id: UUID) -> File:
    """
    The living file, locked until the transaction ends; rows may still refer to it.

    :raises ResourceNotFound: if there is none.
    """
    row = (
        File.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk=file_id, deleted_at=None)
        .first()
    )
    if row is None:
        raise ResourceNotFound()
    return row
