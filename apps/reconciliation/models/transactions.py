"""The processor's statement, line by line, and the entries of the books that each line is."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from apps.core.ids import new_id
from apps.ledger.processor_fees import ProcessorFeeType
from apps.organizations.models import Organization


class BalanceTransaction(models.Model):
    """
    One movement of the processor balance, as its statement tells it: kept once, never changed.

    Amounts in minor units of the balance's `currency`. What changes is what we know of it: whether
    the books have it (`status`), as what (`matched_to`, `matched_id`), and for how much
    (`here_amount`, null where they have nothing).
    """

    class Status(models.TextChoices):
        """See `apps.reconciliation.states`."""

        UNMATCHED = "unmatched"
        MATCHED = "matched"
        DIFFERENT = "different"

    class Match(models.TextChoices):
        """What it is here."""

        PAYMENT = "payment"
        REFUND = "refund"
        DISPUTE = "dispute"
        TRANSFER = "transfer"
        BANK = "bank"
        FEE = "fee"
        CORRECTION = "correction"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # Null where nobody's: a fee of the platform, or something that we do not know.
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    processor_id = models.CharField(max_length=64, unique=True)
    source_id = models.CharField(max_length=64, blank=True, db_index=True)
    type = models.CharField(max_length=64)
    category = models.CharField(max_length=64, blank=True)
    amount = models.BigIntegerField()
    fee = models.BigIntegerField()
    net = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    description = models.TextField(blank=True)
    # By the processor's clock.
    happened_at = models.DateTimeField()
    available_at = models.DateTimeField()
    # By the machine's clock, as everything about comparing.
    seen_at = models.DateTimeField()
    status = models.CharField(max_length=16, choices=Status, default=Status.UNMATCHED)
    matched_to = models.CharField(max_length=16, choices=Match, blank=True)
    matched_id = models.UUIDField(null=True, blank=True, db_index=True)
    here_amount = models.BigIntegerField(null=True, blank=True)
    # When it was found to be what it is now.
    compared_at = models.DateTimeField(null=True, blank=True)
    # Of a fee that is billed apart: what it was for. Empty as long as nobody knows.
    fee_type = models.CharField(
        max_length=32, choices=[(one.value, one.value) for one in ProcessorFeeType], blank=True
    )

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["-happened_at"], name="reconciliation_txn_latest"),
            models.Index(
                fields=["id"], condition=~Q(status="matched"), name="reconciliation_txn_open"
            ),
            models.Index(
                fields=["id"],
                condition=Q(category="fee", fee_type=""),
                name="reconciliation_txn_unknown_fee",
            ),
        ]

    def __str__(self) -> str:
        return self.processor_id

    @property
    def is_fee(self) -> bool:
        """Whether it is a fee that the processor bills apart from what it was for."""
        return self.category == "fee"


class EntryLink(models.Model):
    """
    An entry of the books that is (a part of) a movement of the processor balance.

    `is_manual` where a person said so, or it corrects a difference: those are not found by name.
    """

    transaction = models.ForeignKey(
        BalanceTransaction, on_delete=models.PROTECT, related_name="links"
    )
    # A plain id: entries are the ledger's, and are never deleted.
    entry_id = models.UUIDField(unique=True)
    is_manual = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.entry_id} of {self.transaction_id}"
