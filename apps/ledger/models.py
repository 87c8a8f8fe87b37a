"""Accounts, entries and transfers: double entry by construction."""

from typing import ClassVar

from django.db import models

from apps.core.ids import new_id
from apps.ledger.kinds import AccountKind
from apps.ledger.querysets import FeeCreditQuerySet
from apps.organizations.models import Organization


class Account(models.Model):
    """
    A place where money can be, in one currency.

    `organization` is null for the platform's own. Debit-normal: processor balance and expenses;
    credit-normal: what is owed to merchants, tax, revenue.
    """

    Kind = AccountKind

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="accounts"
    )
    kind = models.CharField(max_length=32, choices=AccountKind)
    currency = models.CharField(max_length=3)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "kind", "currency"],
                nulls_distinct=False,
                name="ledger_account_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind.replace('_', ' ')} {self.currency.upper()}"


class Entry(models.Model):
    """One event of the books. `reference` is unique: the same cause is posted once."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="entries"
    )
    reference = models.CharField(max_length=200, unique=True)
    type = models.CharField(max_length=40)
    order_id = models.UUIDField(null=True, blank=True, db_index=True)
    payment_id = models.UUIDField(null=True, blank=True, db_index=True)
    corrects = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrections"
    )
    # The buyer's side, where it differs from the currency of the transfers.
    presentment_currency = models.CharField(max_length=3, null=True, blank=True)
    presentment_amount = models.BigIntegerField(null=True, blank=True)
    presentment_tax_amount = models.BigIntegerField(null=True, blank=True)
    exchange_rate = models.DecimalField(max_digits=20, decimal_places=10, null=True, blank=True)
    details = models.JSONField(default=dict, blank=True)
    posted_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "entries"
        indexes: ClassVar = [
            models.Index(fields=["organization", "-posted_at"], name="ledger_entry_latest")
        ]

    def __str__(self) -> str:
        return self.reference


class Transfer(models.Model):
    """A positive amount from a credited to a debited account of the same currency; immutable."""

    id = models.BigAutoField(primary_key=True)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="transfers")
    type = models.CharField(max_length=40)
    # The database's own foreign keys are (account, currency) pairs: see migration 0003.
    debit_account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="debits", db_constraint=False
    )
    credit_account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="credits", db_constraint=False
    )
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    posted_at = models.DateTimeField()
    # From when a merchant may be paid it.
    available_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(amount__gt=0), name="ledger_transfer_positive"
            ),
            models.CheckConstraint(
                condition=~models.Q(debit_account=models.F("credit_account")),
                name="ledger_transfer_two_accounts",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["debit_account", "id"], name="ledger_transfer_debit"),
            models.Index(fields=["credit_account", "id"], name="ledger_transfer_credit"),
            # What matures: only sales, their fees and refunds have a time.
            models.Index(
                fields=["debit_account", "available_at"],
                include=["amount"],
                condition=models.Q(available_at__isnull=False),
                name="ledger_transfer_debit_due",
            ),
            models.Index(
                fields=["credit_account", "available_at"],
                include=["amount"],
                condition=models.Q(available_at__isnull=False),
                name="ledger_transfer_credit_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.amount} {self.currency}"


class Checkpoint(models.Model):
    """The sum of an account up to and including a transfer: balances read it plus the tail."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="checkpoints")
    last_transfer_id = models.BigIntegerField()
    debit_amount = models.BigIntegerField()
    credit_amount = models.BigIntegerField()
    taken_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "last_transfer_id"], name="ledger_checkpoint_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.account_id} @{self.last_transfer_id}"


class Horizon(models.Model):
    """
    A transfer id below which nothing can appear once every older transaction has ended.

    `xid` is a transaction id taken after all ids up to `transfer_id` had been handed out.
    """

    transfer_id = models.BigIntegerField()
    xid = models.BigIntegerField()
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.transfer_id} after {self.xid}"


class FeePlan(models.Model):
    """The fees an organization pays the platform on sales; one row per organization."""

    organization = models.OneToOneField(
        Organization, primary_key=True, on_delete=models.PROTECT, related_name="fee_plan"
    )
    name = models.CharField(max_length=32, default="starter")
    payment_bps = models.PositiveIntegerField(default=500)
    payment_fixed_amount = models.PositiveIntegerField(default=50)
    subscription_bps = models.PositiveIntegerField(default=0)
    # Pass the processor's surcharges (foreign cards, 3-D Secure, fraud warnings) on.
    has_processor_fees = models.BooleanField(default=True)
    # What a 3-D Secure authentication costs the merchant, in settlement cents; only passed on
    # where the terms say so.
    three_d_secure_amount = models.PositiveIntegerField(default=0)
    # The same for a warning of fraud by the card network.
    fraud_warning_amount = models.PositiveIntegerField(default=0, db_default=0)

    def __str__(self) -> str:
        return self.name


class FeeCredit(models.Model):
    """A gift against future platform fees, used oldest first; settlement currency."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="fee_credits"
    )
    title = models.CharField(max_length=200)
    amount = models.PositiveBigIntegerField()
    used_amount = models.PositiveBigIntegerField(default=0)
    granted_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = FeeCreditQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(used_amount__lte=models.F("amount")),
                name="ledger_feecredit_not_overused",
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def remaining_amount(self) -> int:
        """What is left of the gift; nothing once it is revoked."""
        return 0 if self.revoked_at else self.amount - self.used_amount
