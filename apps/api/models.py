"""What the API remembers of its own answers."""

from typing import ClassVar

from django.db import models

from apps.core.ids import new_id


class IdempotentReply(models.Model):
    """The answer to a write with an `Idempotency-Key`, committed together with the write."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    key = models.CharField(max_length=255)
    # SHA-256 of method, path, version and body: what "the same request" means.
    fingerprint = models.CharField(max_length=64)
    status_code = models.PositiveSmallIntegerField()
    content_type = models.CharField(max_length=100, blank=True)
    body = models.BinaryField()
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name_plural = "idempotent replies"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization_id", "key"], name="api_idempotentreply_key"
            )
        ]

    def __str__(self) -> str:
        return self.key
