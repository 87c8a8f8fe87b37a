"""The runs of test clocks."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from apps.core.models import Record
from apps.organizations.models import Organization
from apps.organizations.querysets import TenantQuerySet


class ClockRun(Record):
    """One move of an organization's test clock, from `from_at` to `to_at` by that clock."""

    class Status(models.TextChoices):
        """A run ends done; what went wrong on the way is counted, not a reason to stop."""

        RUNNING = "running"
        DONE = "done"

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="clock_runs"
    )
    status = models.CharField(max_length=16, choices=Status, default=Status.RUNNING)
    from_at = models.DateTimeField()
    to_at = models.DateTimeField()
    reached_at = models.DateTimeField()
    # How far the test clock ran ahead of the machine's before.
    offset_before = models.DurationField()
    # Name of the timer to how many of its things were done.
    counts = models.JSONField(default=dict)
    failure_count = models.PositiveIntegerField(default=0)
    # The first few of what went wrong: timer, subject, message.
    failures = models.JSONField(default=list)
    # The machine's times: a run whose process died is taken up by another.
    started_at = models.DateTimeField(db_default=Now())
    touched_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization"],
                condition=models.Q(status="running"),
                name="sandbox_clockrun_one_running",
            ),
            models.CheckConstraint(
                condition=models.Q(to_at__gt=models.F("from_at")), name="sandbox_clockrun_forward"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_at:%Y-%m-%d} to {self.to_at:%Y-%m-%d}"

    @property
    def percent(self) -> int:
        """How much of the way is done, 0 to 100."""
        return int((self.reached_at - self.from_at) / (self.to_at - self.from_at) * 100)

    @property
    def done_count(self) -> int:
        """How many things happened so far."""
        return sum(self.counts.values())
