"""Reading files."""

from __future__ import annotations

from uuid import UUID

from apps.files.models import File, FilePart
from apps.organizations.models import Organization
from apps.organizations.querysets import TenantQuerySet


def living_files(organization: Organization) -> TenantQuerySet[File]:
    """The files of an organization, those that are still being uploaded included."""
    return File.objects.for_organization(organization).filter(deleted_at=None)


def public_file(file_id: UUID) -> File | None:
    """A file that anybody may see."""
    row = File.objects.filter(pk=file_id, deleted_at=None, uploaded_at__isnull=False).first()
    return row if row is not None and row.is_public else None


def open_part(file_id: str, number: int) -> FilePart | None:
    """A part that may still come."""
    rows = FilePart.objects.select_related("file").filter(file_id=file_id, number=number)
    return rows.filter(file__uploaded_at=None, file__deleted_at=None).first()
