"""Endpoints, the events owed to them, and every try to deliver one."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Func, Value

from apps.core.ids import new_id
from apps.core.models import Record
from apps.organizations.models import Organization
from apps.organizations.querysets import TenantQuerySet


class WebhookEndpoint(Record):
    """
    Where a merchant wants to hear of what happens.

    Its deliveries stand in one queue: `next_attempt_at` and `failure_count` are the queue's, since
    what comes later waits for what comes first.
    """

    class Format(models.TextChoices):
        """How an event is written: as it is, or as a message of a chat."""

        RAW = "raw"
        DISCORD = "discord"
        SLACK = "slack"

    class DisabledReason(models.TextChoices):
        """Why it gets nothing."""

        MERCHANT = "merchant"
        STAFF = "staff"
        # The receiver said that it is gone (410).
        GONE = "gone"
        # Too many events in a row could not be delivered.
        FAILING = "failing"

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="webhook_endpoints"
    )
    url = models.CharField(max_length=2083)
    name = models.CharField(max_length=200, blank=True)
    format = models.CharField(max_length=16, choices=Format, default=Format.RAW)
    events = ArrayField(models.CharField(max_length=64), default=list)
    api_version = models.CharField(max_length=16)
    is_enabled = models.BooleanField(default=True)
    disabled_at = models.DateTimeField(null=True, blank=True)
    disabled_reason = models.CharField(max_length=16, choices=DisabledReason, blank=True)
    # False: the key is the whole secret as text, as the first endpoints of the Polar API had it.
    uses_standard_signature = models.BooleanField(default=True)
    # See `apps.core.sealing`.
    sealed_secret = models.TextField()
    # Signed with as well, until then.
    sealed_former_secret = models.TextField(blank=True)
    former_secret_until = models.DateTimeField(null=True, blank=True)
    # The number of the last event that was given one.
    last_sequence = models.BigIntegerField(default=0)
    # Failed tries since the last one that succeeded.
    failure_count = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    # Who delivers at the moment, and until when nobody else may.
    claim = models.UUIDField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = "webhook endpoint"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(is_enabled=True, disabled_at=None, disabled_reason="")
                | models.Q(is_enabled=False, disabled_at__isnull=False)
                & ~models.Q(disabled_reason=""),
                name="webhooks_endpoint_disabled",
            ),
            models.CheckConstraint(
                condition=models.Q(sealed_former_secret="", former_secret_until=None)
                | ~models.Q(sealed_former_secret="") & models.Q(former_secret_until__isnull=False),
                name="webhooks_endpoint_former_secret",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "-created_at"], name="webhooks_endpoint_latest"),
        ]

    def __str__(self) -> str:
        return self.name or self.url


class WebhookEvent(models.Model):
    """
    One event as one endpoint gets it: written once, in the transaction of what it tells.

    `position` is its place among all, given by the database. `sequence` is its number at the
    endpoint, without gaps, given when the change it tells of is committed: what was caused by
    another comes after it.
    """

    class Status(models.TextChoices):
        """See `apps.webhooks.states`."""

        PENDING = "pending"
        DELIVERED = "delivered"
        FAILED = "failed"
        # The endpoint was disabled.
        SKIPPED = "skipped"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    endpoint = models.ForeignKey(
        WebhookEndpoint, on_delete=models.PROTECT, related_name="webhook_events"
    )
    created_at = models.DateTimeField()
    modified_at = models.DateTimeField(null=True, blank=True)
    type = models.CharField(max_length=64)
    subject_type = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=64)
    # Whose personal data the payload holds.
    customer_id = models.UUIDField(null=True, blank=True)
    api_version = models.CharField(max_length=16)
    # Null once it is archived.
    payload = models.TextField(null=True)
    position = models.BigIntegerField(
        editable=False,
        db_default=Func(
            Value("webhooks_event_position"),
            function="nextval",
            output_field=models.BigIntegerField(),
        ),
    )
    sequence = models.BigIntegerField(null=True, blank=True)
    status = models.CharField(max_length=16, choices=Status, default=Status.PENDING)
    attempt_count = models.PositiveIntegerField(default=0)
    last_http_code = models.PositiveIntegerField(null=True, blank=True)
    # When it first stood at the head of the queue and was tried.
    first_attempt_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    # The request or task that caused what it tells of; see `apps.core.correlation`.
    correlation_id = models.CharField(max_length=64, blank=True, default="", db_default="")

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = "webhook event"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["endpoint", "sequence"], name="webhooks_event_sequence"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["endpoint", "sequence"],
                condition=models.Q(status="pending"),
                name="webhooks_event_queue",
            ),
            models.Index(
                fields=["endpoint", "position"],
                condition=models.Q(sequence=None),
                name="webhooks_event_unnumbered",
            ),
            models.Index(fields=["endpoint", "-created_at"], name="webhooks_event_latest"),
            models.Index(
                fields=["created_at"],
                condition=models.Q(payload__isnull=False),
                name="webhooks_event_with_payload",
            ),
            models.Index(fields=["subject_type", "subject_id"], name="webhooks_event_subject"),
            models.Index(fields=["customer_id"], name="webhooks_event_customer"),
        ]

    def __str__(self) -> str:
        return self.type


class WebhookDelivery(models.Model):
    """One try: what was sent, what came back, how long it took."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.PROTECT, related_name="+")
    event = models.ForeignKey(WebhookEvent, on_delete=models.PROTECT, related_name="deliveries")
    created_at = models.DateTimeField()
    url = models.CharField(max_length=2083)
    request_headers = models.JSONField(default=dict)
    is_success = models.BooleanField()
    http_code = models.PositiveIntegerField(null=True, blank=True)
    # The first part of the answer, or why there is none.
    response = models.TextField(null=True, blank=True)
    duration_ms = models.PositiveIntegerField()

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = "webhook delivery"
        verbose_name_plural = "webhook deliveries"
        indexes: ClassVar = [
            models.Index(fields=["organization", "-created_at"], name="webhooks_delivery_latest"),
            models.Index(fields=["endpoint", "-created_at"], name="webhooks_delivery_of_endpoint"),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} {self.http_code or 'no answer'}"
