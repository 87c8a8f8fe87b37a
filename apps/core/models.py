"""The shape every row shares, and the rows of the job machinery."""

from typing import ClassVar

from django.db import models

from apps.core.ids import new_id


class Record(models.Model):
    """Id and times. `created_at` and `modified_at` come from the origin of the operation."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    created_at = models.DateTimeField(editable=False)
    modified_at = models.DateTimeField(null=True, blank=True, editable=False)

    # Fields that tell who a buyer is: events say that they changed, never from what to what.
    PERSONAL: ClassVar[frozenset[str]] = frozenset()

    class Meta:
        abstract = True


class DeadTask(models.Model):
    """A task that failed for good: what it was called with and why it gave up."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    task_id = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=200, db_index=True)
    queue = models.CharField(max_length=32)
    kwargs = models.JSONField(default=dict)
    error = models.TextField()
    traceback = models.TextField(blank=True)
    failed_at = models.DateTimeField(db_index=True)
    retried_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "dead task"

    def __str__(self) -> str:
        return self.name


class PeriodicRun(models.Model):
    """
    One run of a periodic job; `slot` makes a second beat harmless.

    Times are the machine's, not a test clock's.
    """

    class Outcome(models.TextChoices):
        """How a run ended."""

        QUEUED = "queued"
        RUNNING = "running"
        SUCCEEDED = "succeeded"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=200)
    slot = models.CharField(max_length=64)
    outcome = models.CharField(max_length=16, choices=Outcome, default=Outcome.RUNNING)
    # When it was asked for, until it starts.
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        verbose_name = "periodic run"
        constraints = [
            models.UniqueConstraint(fields=["name", "slot"], name="core_periodicrun_once_a_slot")
        ]
        indexes = [models.Index(fields=["name", "-started_at"], name="core_run_latest")]

    def __str__(self) -> str:
        return f"{self.name} {self.slot}"
