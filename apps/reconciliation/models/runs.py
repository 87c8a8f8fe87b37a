"""How far the statement and the books have been compared."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from apps.core.ids import new_id


class Run(models.Model):
    """
    One window of the statement, read page by page and compared with the books.

    `cursor` is the last line taken in, `read_at` says that there are no more. A run that broke off
    goes on at its cursor. Its marks are where the next one takes up the books: behind
    `transfer_mark` every transfer was looked at once, `proof_mark` wanders around the lines that
    are proven again. Times are the machine's.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    since_at = models.DateTimeField()
    # Null for all there is.
    until_at = models.DateTimeField(null=True, blank=True)
    cursor = models.CharField(max_length=64, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    # The latest movement seen, by the processor's clock.
    latest_at = models.DateTimeField(null=True, blank=True)
    transfer_mark = models.BigIntegerField(default=0)
    proof_mark = models.UUIDField(null=True, blank=True)
    seen_count = models.PositiveIntegerField(default=0)
    new_count = models.PositiveIntegerField(default=0)
    opened_count = models.PositiveIntegerField(default=0)
    closed_count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                models.Value(1), condition=Q(finished_at=None), name="reconciliation_run_one_open"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["-started_at"], name="reconciliation_run_latest")]

    def __str__(self) -> str:
        return f"{self.since_at:%Y-%m-%d %H:%M}"
