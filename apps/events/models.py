"""Events and their deliveries to handlers."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from apps.core.ids import new_id


class Event(models.Model):
    """
    One fact, written in the transaction that made it true; never changed or deleted.

    `changes` holds `{field: [before, after]}`; `payload` whatever a handler needs. A personal value
    is in neither: `apps.events.operations.recording.WITHHELD` stands where one was.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField(null=True, blank=True)
    type = models.CharField(max_length=80)
    subject_type = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=64)
    actor = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=64, blank=True)
    actor_label = models.CharField(max_length=200, blank=True)
    door = models.CharField(max_length=16)
    reason = models.TextField(blank=True)
    changes = models.JSONField(default=dict)
    payload = models.JSONField(default=dict)
    at = models.DateTimeField()
    # The request or task that it happened in; see `apps.core.correlation`.
    correlation_id = models.CharField(max_length=64, blank=True, default="", db_default="")

    # What the event is about as it stands, for handlers that run with the change; else None.
    subject_row: models.Model | None = None

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organization_id", "-at"], name="events_event_organization"),
            models.Index(fields=["subject_type", "subject_id", "at"], name="events_event_subject"),
            models.Index(fields=["type", "-at"], name="events_event_type"),
            models.Index(fields=["-at"], name="events_event_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.subject_type} {self.subject_id}"


class Delivery(models.Model):
    """The outbox: one handler's duty to one event, done exactly once."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="deliveries")
    handler = models.CharField(max_length=120)
    attempt_count = models.PositiveIntegerField(default=0)
    last_error = models.TextField(blank=True)
    # The machine's time, not a test clock's: an outbox waits in real seconds.
    next_attempt_at = models.DateTimeField(db_default=Now())
    done_at = models.DateTimeField(null=True, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["event", "handler"], name="events_delivery_once")
        ]
        indexes: ClassVar = [
            # For the sweeper, and for counting what was given up.
            models.Index(
                fields=["next_attempt_at"],
                condition=models.Q(done_at=None),
                name="events_delivery_not_done",
            )
        ]

    def __str__(self) -> str:
        return self.handler
