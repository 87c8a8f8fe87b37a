"""When each check ran, and what it found."""

from typing import ClassVar

from django.db import models

from apps.core.ids import new_id


class CheckRun(models.Model):
    """One run of one check. Times are the machine's; the sample holds ids, never personal data."""

    class Outcome(models.TextChoices):
        """What is broken holds not; what failed could not be found out."""

        OK = "ok"
        BROKEN = "broken"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # A check may be gone that once was: the name is no foreign key.
    name = models.CharField(max_length=80)
    outcome = models.CharField(max_length=8, choices=Outcome)
    started_at = models.DateTimeField()
    duration_ms = models.PositiveIntegerField()
    # All counterexamples there were; the first of them as [key, detail].
    count = models.PositiveIntegerField(default=0)
    examples = models.JSONField(default=list)
    error = models.TextField(blank=True)

    class Meta:
        verbose_name = "check run"
        indexes: ClassVar = [
            models.Index(fields=["name", "-started_at", "-id"], name="invariants_run_latest")
        ]

    def __str__(self) -> str:
        return self.name
