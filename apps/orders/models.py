"""Orders and their items."""

from typing import ClassVar

from django.db import models

from apps.catalog.models import Price, Product
from apps.core.models import Record
from apps.customers.models import Customer
from apps.discounts.models import Discount
from apps.organizations.models import Organization
from apps.organizations.querysets import TenantQuerySet


class Order(Record):
    """What a customer bought at once. Amounts in minor units of `currency`."""

    class Status(models.TextChoices):
        """See `apps.orders.states`."""

        DRAFT = "draft"
        PENDING = "pending"
        PAID = "paid"
        REFUNDED = "refunded"
        PARTIALLY_REFUNDED = "partially_refunded"
        VOID = "void"

    class BillingReason(models.TextChoices):
        """Why it exists."""

        PURCHASE = "purchase"
        SUBSCRIPTION_CREATE = "subscription_create"
        SUBSCRIPTION_CYCLE = "subscription_cycle"
        SUBSCRIPTION_CYCLE_AFTER_TRIAL = "subscription_cycle_after_trial"
        SUBSCRIPTION_CANCEL = "subscription_cancel"
        SUBSCRIPTION_UPDATE = "subscription_update"

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="orders")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="orders")
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, null=True, blank=True, related_name="orders"
    )
    # A plain id: checkouts live above. Unique, so that a checkout is fulfilled once.
    checkout_id = models.UUIDField(null=True, blank=True, unique=True)
    subscription_id = models.UUIDField(null=True, blank=True, db_index=True)
    # Of the subscription's period that it bills; null where it bills none as a whole.
    period_start_at = models.DateTimeField(null=True, blank=True)
    period_end_at = models.DateTimeField(null=True, blank=True)
    discount = models.ForeignKey(
        Discount,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="orders",
        db_index=False,
    )
    status = models.CharField(max_length=24, choices=Status, default=Status.PENDING)
    billing_reason = models.CharField(max_length=40, choices=BillingReason)
    # Bought with it, where the price is by the seat or by the unit.
    seats = models.PositiveIntegerField(null=True, blank=True)
    units = models.PositiveIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=3)
    subtotal_amount = models.BigIntegerField()
    discount_amount = models.BigIntegerField(default=0)
    net_amount = models.BigIntegerField()
    tax_amount = models.BigIntegerField(default=0)
    tax_behavior = models.CharField(max_length=16, null=True, blank=True)
    tax_breakdown = models.JSONField(default=list, blank=True)
    # Negative: credit used. Positive: debt collected.
    applied_balance_amount = models.BigIntegerField(default=0)
    refunded_amount = models.BigIntegerField(default=0)
    refunded_tax_amount = models.BigIntegerField(default=0)
    platform_fee_amount = models.BigIntegerField(default=0)
    platform_fee_currency = models.CharField(max_length=3, null=True, blank=True)
    billing_name = models.CharField(max_length=256, null=True, blank=True)
    billing_address = models.JSONField(null=True, blank=True)
    tax_id = models.JSONField(null=True, blank=True)
    invoice_number = models.CharField(max_length=120, null=True, blank=True, unique=True)
    receipt_number = models.CharField(max_length=120, null=True, blank=True)
    invoice_generated_at = models.DateTimeField(null=True, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    custom_field_data = models.JSONField(default=dict, blank=True)
    paid_at = models.DateTimeField(null=True, blank=True)
    refunds_blocked_at = models.DateTimeField(null=True, blank=True)
    payment_lock_acquired_at = models.DateTimeField(null=True, blank=True)
    next_payment_attempt_at = models.DateTimeField(null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    PERSONAL = frozenset({"billing_name", "billing_address", "tax_id"})

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(status__in=["draft", "pending", "void"])
                | models.Q(paid_at__isnull=False),
                name="orders_order_paid_at",
            ),
            models.CheckConstraint(
                condition=models.Q(refunded_amount__gte=0, refunded_tax_amount__gte=0),
                name="orders_order_refunds_positive",
            ),
            models.UniqueConstraint(
                fields=["subscription_id", "period_start_at"],
                name="orders_order_one_per_period",
            ),
            models.UniqueConstraint(
                fields=["customer", "receipt_number"], name="orders_order_receipt_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "-created_at", "id"], name="orders_latest"),
            # What lists show (see `selectors.presentable_orders`), to be counted without the rows.
            models.Index(
                fields=["organization"],
                condition=~models.Q(subscription_id__isnull=False, invoice_number=None),
                name="orders_shown",
            ),
            models.Index(fields=["customer", "-created_at"], name="orders_of_customer"),
            models.Index(
                fields=["next_payment_attempt_at"],
                condition=models.Q(status="pending", next_payment_attempt_at__isnull=False),
                name="orders_payment_due",
            ),
            models.Index(
                fields=["discount"],
                condition=models.Q(discount__isnull=False),
                name="orders_of_discount",
            ),
        ]

    def __str__(self) -> str:
        return self.invoice_number or str(self.pk)

    @property
    def total_amount(self) -> int:
        """Net plus tax."""
        return self.net_amount + self.tax_amount

    @property
    def due_amount(self) -> int:
        """What is charged after the customer balance."""
        return max(0, self.total_amount + self.applied_balance_amount)

    @property
    def is_paid(self) -> bool:
        """Whether the money came in, even if some of it went back."""
        return self.status in ("paid", "refunded", "partially_refunded")


class OrderItem(Record):
    """One line of an order."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField(default=0)
    label = models.CharField(max_length=255)
    amount = models.BigIntegerField()
    net_amount = models.BigIntegerField()
    tax_amount = models.BigIntegerField(default=0)
    is_proration = models.BooleanField(default=False)
    price = models.ForeignKey(Price, on_delete=models.PROTECT, null=True, blank=True)
    period_start_at = models.DateTimeField(null=True, blank=True)
    period_end_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.label
