"""The inbox of provider events, and the endpoints that fill it."""

from typing import ClassVar

from django.db import models

from apps.core.ids import new_id


class InboundEvent(models.Model):
    """
    An event as the provider sent it: stored once, handled once.

    It can be replayed while it has its payload, which holds personal data of buyers and is dropped
    when INBOUND_PAYLOAD_DAYS have passed since it was handled.
    """

    class Status(models.TextChoices):
        """Where it is on its way."""

        RECEIVED = "received"
        HANDLED = "handled"
        IGNORED = "ignored"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    source = models.CharField(max_length=24, default="stripe")
    external_id = models.CharField(max_length=120)
    type = models.CharField(max_length=120)
    account = models.CharField(max_length=64, blank=True)
    # The object it is about, for searching by provider id.
    object_id = models.CharField(max_length=120, blank=True, db_index=True)
    payload = models.JSONField(null=True)
    status = models.CharField(max_length=16, choices=Status, default=Status.RECEIVED)
    received_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True, blank=True)
    attempt_count = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source", "external_id"], name="processors_inbound_once"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["-received_at"], name="processors_inbound_latest"),
            models.Index(
                fields=["next_attempt_at"],
                condition=models.Q(status="received"),
                name="processors_inbound_open",
            ),
            models.Index(
                fields=["-received_at"],
                condition=models.Q(status="failed"),
                name="processors_inbound_failed",
            ),
            models.Index(
                fields=["handled_at"],
                condition=models.Q(handled_at__isnull=False, payload__isnull=False),
                name="processors_inbound_payload",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.external_id}"


class ProviderEndpoint(models.Model):
    """An endpoint that we registered with the provider, and the secret it signs with."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    url = models.URLField(max_length=500)
    # Empty until the provider has answered.
    external_id = models.CharField(max_length=120, blank=True)
    # It proves the provider to us and opens nothing of the provider's; whoever can read this table
    # can write to the inbox anyway.
    secret = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["url"],
                condition=models.Q(retired_at=None),
                name="processors_endpoint_one_per_url",
            )
        ]

    def __str__(self) -> str:
        return self.url
