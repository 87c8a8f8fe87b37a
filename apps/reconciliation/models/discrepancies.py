"""What does not agree, and what people write about it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.core.models import Record
from apps.organizations.models import Organization
from apps.payouts.models import PayoutAccount
from apps.reconciliation.models.transactions import BalanceTransaction


class Discrepancy(Record):
    """
    A movement that only one side knows, or that both know differently.

    Its subject is a line of the statement or, where the statement has none, an entry of the books;
    one is open at most for each. `here_amount` is what the books say, `there_amount` what the
    processor does, in minor units of `currency`; null where that side has nothing.
    """

    class Kind(models.TextChoices):
        """Who knows what."""

        MISSING_HERE = "missing_here"
        MISSING_THERE = "missing_there"
        DIFFERENT = "different_amount"

    class Status(models.TextChoices):
        """See `apps.reconciliation.states`; `closed` is one that vanished by itself."""

        OPEN = "open"
        REPAIRED = "repaired"
        EXPLAINED = "explained"
        CLOSED = "closed"

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    kind = models.CharField(max_length=24, choices=Kind)
    status = models.CharField(max_length=16, choices=Status, default=Status.OPEN)
    transaction = models.ForeignKey(
        BalanceTransaction,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="discrepancies",
    )
    # A plain id: entries are the ledger's, and are never deleted.
    entry_id = models.UUIDField(null=True, blank=True)
    # Where the movement is one of a merchant's own account at the processor.
    payout_account = models.ForeignKey(
        PayoutAccount, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # What it is called: the processor's id of the movement, or the reference of the entry.
    subject = models.CharField(max_length=200)
    here_amount = models.BigIntegerField(null=True, blank=True)
    there_amount = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=3)
    detail = models.TextField(blank=True)
    # Since when the money has been there without agreement: its age counts from here.
    happened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="assigned_discrepancies",
    )
    explanation = models.TextField(blank=True)

    class Meta:
        verbose_name_plural = "discrepancies"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(transaction__isnull=False)
                | Q(entry_id__isnull=False)
                | Q(payout_account__isnull=False),
                name="reconciliation_discrepancy_subject",
            ),
            models.CheckConstraint(
                condition=Q(status="open", closed_at=None)
                | (~Q(status="open") & Q(closed_at__isnull=False)),
                name="reconciliation_discrepancy_closed",
            ),
            models.UniqueConstraint(
                fields=["subject"],
                condition=Q(status="open"),
                name="reconciliation_discrepancy_one_open",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["subject", "-created_at"], name="reconciliation_disc_subject"),
            models.Index(fields=["status", "-happened_at"], name="reconciliation_disc_status"),
            models.Index(
                fields=["entry_id"],
                condition=Q(entry_id__isnull=False),
                name="reconciliation_disc_entry",
            ),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def difference_amount(self) -> int:
        """What the books lack of what the processor has; below zero they have more."""
        return (self.there_amount or 0) - (self.here_amount or 0)


class DiscrepancyNote(models.Model):
    """What somebody wrote about a discrepancy; never changed or deleted."""

    discrepancy = models.ForeignKey(Discrepancy, on_delete=models.PROTECT, related_name="notes")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    text = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["discrepancy", "-created_at"], name="reconciliation_note_latest")
        ]

    def __str__(self) -> str:
        return self.text[:60]
