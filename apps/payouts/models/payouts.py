"""Payouts, what they pay, and the tries to have one in a bank."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from apps.core.models import Record
from apps.organizations.models import Organization
from apps.organizations.querysets import TenantQuerySet
from apps.payouts.models.accounts import PayoutAccount
from apps.payouts.querysets import PayoutQuerySet


class Payout(Record):
    """
    An available balance on its way to a merchant.

    `amount` is `gross_amount` without the fees, in `currency`; `account_amount` is what it came to
    in the currency of the payout account, known once the money has been transferred there.
    """

    class Status(models.TextChoices):
        """See `apps.payouts.states`."""

        PENDING = "pending"
        HELD = "held"
        IN_TRANSIT = "in_transit"
        SUCCEEDED = "succeeded"
        FAILED = "failed"
        CANCELED = "canceled"

    class Trigger(models.TextChoices):
        """What it was made for."""

        REQUEST = "request"
        SCHEDULE = "schedule"

    class TransferStatus(models.TextChoices):
        """Where the money is between our balance and the payout account."""

        NONE = "none"
        # The processor is asked; what it did is not known.
        ASKED = "asked"
        MADE = "made"
        # It is asked to give it back.
        RETURNING = "returning"
        RETURNED = "returned"

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="payouts")
    payout_account = models.ForeignKey(
        PayoutAccount, on_delete=models.PROTECT, related_name="payouts"
    )
    status = models.CharField(max_length=16, choices=Status)
    trigger = models.CharField(max_length=16, choices=Trigger)
    is_manual = models.BooleanField(default=False)
    currency = models.CharField(max_length=3)
    gross_amount = models.BigIntegerField()
    fees_amount = models.BigIntegerField()
    amount = models.BigIntegerField()
    # [{"type": "account", "amount": 200}, …]
    fees = models.JSONField(default=list)
    # How much of `amount` has arrived, as it is in the books.
    settled_amount = models.BigIntegerField(default=0)
    account_currency = models.CharField(max_length=3)
    account_amount = models.BigIntegerField(null=True, blank=True)
    invoice_number = models.CharField(max_length=64)
    # Its number, seller and lines stand from then on.
    invoice_issued_at = models.DateTimeField(null=True, blank=True)
    # {"name": …, "address": {…}} as of then.
    invoice_billing = models.JSONField(default=dict, blank=True)
    # The sums and the parties on it, and once it was asked for its file and that one's SHA-256.
    invoice_facts = models.JSONField(default=dict, blank=True)
    invoice_file = models.CharField(max_length=200, blank=True)
    invoice_checksum = models.CharField(max_length=64, blank=True)
    transfer_status = models.CharField(
        max_length=16, choices=TransferStatus, default=TransferStatus.NONE
    )
    # How often the processor refused: part of the next key.
    transfer_refusals = models.PositiveIntegerField(default=0)
    transfer_id = models.CharField(max_length=120, blank=True)
    transferred_at = models.DateTimeField(null=True, blank=True)
    transfer_reversal_id = models.CharField(max_length=120, blank=True)
    # When to ask what became of a call whose answer is missing.
    next_check_at = models.DateTimeField(null=True, blank=True)
    failure_code = models.CharField(max_length=80, blank=True)
    failure_message = models.TextField(blank=True)
    # The bank's reference of a payout that people made.
    reference = models.CharField(max_length=200, blank=True)
    paid_at = models.DateTimeField(null=True, blank=True)
    canceled_at = models.DateTimeField(null=True, blank=True)

    objects = PayoutQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, fees_amount__gte=0)
                & Q(gross_amount=F("amount") + F("fees_amount")),
                name="payouts_payout_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(settled_amount__gte=0, settled_amount__lte=F("amount")),
                name="payouts_payout_not_overpaid",
            ),
            models.CheckConstraint(
                condition=~Q(status="canceled") | Q(canceled_at__isnull=False),
                name="payouts_payout_canceled_at",
            ),
            models.CheckConstraint(
                condition=~Q(transfer_status="made")
                | (~Q(transfer_id="") & Q(account_amount__isnull=False)),
                name="payouts_payout_transferred",
            ),
            models.UniqueConstraint(
                fields=["organization", "invoice_number"], name="payouts_payout_invoice_number"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "-created_at"], name="payouts_payout_latest"),
            models.Index(fields=["status", "-created_at"], name="payouts_payout_by_status"),
            models.Index(
                fields=["next_check_at"],
                condition=Q(next_check_at__isnull=False),
                name="payouts_payout_unknown",
            ),
        ]

    def __str__(self) -> str:
        return f"Payout {self.invoice_number}"


class PayoutLine(models.Model):
    """
    A transfer of the merchant's balance that a payout pays, or the payout itself among them.

    `amount` is positive for what came into the balance. The lines of a payout add up to nothing:
    what was available, less its fees, less what is paid. Those of a canceled one are released, for
    the next to pay.
    """

    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="lines")
    # A plain id: transfers are the ledger's, and are never deleted.
    transfer_id = models.BigIntegerField()
    amount = models.BigIntegerField()
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["transfer_id"],
                condition=Q(released_at=None),
                name="payouts_line_paid_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.amount} of transfer {self.transfer_id}"


class PayoutAttempt(Record):
    """
    One try to have the bank pay a payout, or a part of it, in the currency of the account.

    The row and with it the key are committed before the processor is asked. Without a
    `processor_id` a pending attempt is one whose answer is not known.
    """

    class Status(models.TextChoices):
        """See `apps.payouts.states`."""

        PENDING = "pending"
        IN_TRANSIT = "in_transit"
        SUCCEEDED = "succeeded"
        FAILED = "failed"

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="attempts")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=16, choices=Status, default=Status.PENDING)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    # What it has moved in the books, in the payout's currency.
    settled_amount = models.BigIntegerField(default=0)
    processor_id = models.CharField(max_length=120, blank=True, db_index=True)
    failure_code = models.CharField(max_length=80, blank=True)
    failure_message = models.TextField(blank=True)
    arrival_at = models.DateTimeField(null=True, blank=True)
    next_check_at = models.DateTimeField(null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["payout", "number"], name="payouts_attempt_number"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payouts_attempt_positive"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["next_check_at"],
                condition=Q(next_check_at__isnull=False),
                name="payouts_attempt_unknown",
            )
        ]

    def __str__(self) -> str:
        return f"Attempt {self.number}"

    @property
    def key(self) -> str:
        """Under which the processor is asked for it, however often."""
        return f"payout-attempt-{self.pk}"
