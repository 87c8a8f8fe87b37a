"""Wallets and their movements."""

from typing import ClassVar

from django.db import models

from apps.core.models import Record
from apps.customers.models import Customer
from apps.organizations.models import Organization
from apps.organizations.querysets import TenantQuerySet


class Wallet(Record):
    """
    What a customer has with a merchant in one currency, in minor units.

    Above zero it is credit for coming orders, below zero a debt that the next one collects.
    """

    class Type(models.TextChoices):
        """What it is for."""

        BILLING = "billing"
        USAGE = "usage"

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="wallets")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="wallets")
    type = models.CharField(max_length=16, choices=Type, default=Type.BILLING)
    currency = models.CharField(max_length=3)
    # The sum of the movements, kept with the row locked.
    balance = models.BigIntegerField(default=0)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer", "type", "currency"], name="wallets_wallet_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.currency.upper()} {'balance' if self.type == 'billing' else self.type}"


class WalletMovement(Record):
    """One change of a wallet: `amount` is positive for credit given, negative for credit used."""

    class Kind(models.TextChoices):
        """Why it moved."""

        # An order used credit (negative), or collected a debt (positive).
        ORDER = "order"
        # An order whose total was below zero gave its value back as credit.
        ORDER_CREDIT = "order_credit"
        # Too little to charge: left as a debt for the next order.
        CARRY_OVER = "carry_over"
        VOID = "void"
        UNVOID = "unvoid"
        REFUND = "refund"
        TOP_UP = "top_up"
        ADJUSTMENT = "adjustment"

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="movements")
    kind = models.CharField(max_length=16, choices=Kind)
    amount = models.BigIntegerField()
    balance_after = models.BigIntegerField()
    # Plain ids: orders, payments and refunds live above.
    order_id = models.UUIDField(null=True, blank=True, db_index=True)
    payment_id = models.UUIDField(null=True, blank=True)
    refund_id = models.UUIDField(null=True, blank=True)
    note = models.TextField(blank=True)
    # One movement per cause: the second call finds the first.
    reference = models.CharField(max_length=160, unique=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~models.Q(amount=0), name="wallets_walletmovement_moves"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["wallet", "-created_at"], name="wallets_movement_latest")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"

    @property
    def entry_reference(self) -> str:
        """Under which reference the ledger has it."""
        return f"wallet:{self.reference}"


class TopUp(Record):
    """
    Credit that a customer buys: `amount` is what the wallet gets, `charged_amount` what they pay.

    Open until it is credited or given up; a wallet has one open top-up at a time.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="top_ups")
    # A plain id: orders live above.
    order_id = models.UUIDField(unique=True)
    amount = models.PositiveBigIntegerField()
    charged_amount = models.PositiveBigIntegerField()
    # Of the request that asked for it: asked again, it is not paid for twice.
    idempotency_key = models.CharField(max_length=255, blank=True)
    credited_at = models.DateTimeField(null=True, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(amount__gt=0, charged_amount__gte=models.F("amount")),
                name="wallets_topup_gives",
            ),
            models.UniqueConstraint(
                fields=["wallet"],
                condition=models.Q(credited_at=None, given_up_at=None),
                name="wallets_topup_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"top-up {self.amount}"
