"""Files, and the parts in which they come."""

from typing import ClassVar

from django.db import models

from apps.core.models import Record
from apps.organizations.models import Organization
from apps.organizations.querysets import TenantQuerySet


class File(Record):
    """
    Something an organization uploaded. Its content lies in the storage under `path`.

    Until `uploaded_at` it is only announced; the content is then fixed for good.
    """

    class Service(models.TextChoices):
        """What it is for, and with it how large it may be and who may see it."""

        DOWNLOADABLE = "downloadable"
        PRODUCT_MEDIA = "product_media"
        ORGANIZATION_AVATAR = "organization_avatar"

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="files")
    service = models.CharField(max_length=32, choices=Service)
    name = models.CharField(max_length=255)
    path = models.CharField(max_length=400, unique=True)
    mime_type = models.CharField(max_length=160)
    # Bytes.
    size = models.BigIntegerField()
    version = models.CharField(max_length=255, null=True, blank=True)
    # SHA-256 of the whole content, as announced, in base 64.
    checksum = models.CharField(max_length=64, blank=True)
    # The storage's own: of an upload in parts, and of what came out of it.
    upload_id = models.CharField(max_length=1024, blank=True)
    etag = models.CharField(max_length=160, blank=True)
    storage_version = models.CharField(max_length=1024, blank=True)
    uploaded_at = models.DateTimeField(null=True, blank=True)
    flagged_malicious_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(size__gt=0), name="files_file_size_positive")
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "-created_at", "-id"], name="files_latest")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_uploaded(self) -> bool:
        """Whether its content is there."""
        return self.uploaded_at is not None

    @property
    def is_public(self) -> bool:
        """Whether anybody may see it who knows its address."""
        return self.service != self.Service.DOWNLOADABLE


class FilePart(models.Model):
    """A piece of a file, `start` to `end` (bytes, the end excluded), numbered from 1."""

    file = models.ForeignKey(File, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    start = models.BigIntegerField()
    end = models.BigIntegerField()
    # SHA-256 in base 64: announced, and checked when the part comes.
    checksum = models.CharField(max_length=64, blank=True)
    etag = models.CharField(max_length=160, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["file", "number"], name="files_part_once"),
            models.CheckConstraint(
                condition=models.Q(number__gte=1, start__gte=0, end__gt=models.F("start")),
                name="files_part_forward",
            ),
        ]

    def __str__(self) -> str:
        return f"part {self.number}"
