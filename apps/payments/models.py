"""Payments and the methods they are made with."""

from typing import ClassVar

from django.db import models

from apps.core.models import Record
from apps.customers.models import Customer
from apps.orders.models import Order
from apps.organizations.models import Organization
from apps.organizations.querysets import TenantQuerySet


class PaymentMethod(Record):
    """A card or account saved at the processor for a customer."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="payment_methods")
    processor_id = models.CharField(max_length=64)
    type = models.CharField(max_length=40)
    # brand, last4, exp_month, exp_year, fingerprint, country, …
    method_metadata = models.JSONField(default=dict, blank=True)
    fingerprint = models.CharField(max_length=64, blank=True, db_index=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer", "processor_id"], name="payments_method_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.method_metadata.get('last4', '')}"


class Payment(Record):
    """One attempt to take money: a charge, or an intent that failed before there was one."""

    class Status(models.TextChoices):
        """As the processor reports it."""

        PENDING = "pending"
        SUCCEEDED = "succeeded"
        FAILED = "failed"

    class Trigger(models.TextChoices):
        """What started the attempt."""

        PURCHASE = "purchase"
        SUBSCRIPTION_CYCLE = "subscription_cycle"
        RETRY_DUNNING = "retry_dunning"
        RETRY_CUSTOMER = "retry_customer"
        RETRY_PAYMENT_METHOD_UPDATE = "retry_payment_method_update"
        RETRY_ADMIN = "retry_admin"

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="payments"
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, null=True, blank=True, related_name="payments"
    )
    order = models.ForeignKey(
        Order, on_delete=models.PROTECT, null=True, blank=True, related_name="payments"
    )
    # A plain id: checkouts live above.
    checkout_id = models.UUIDField(null=True, blank=True, db_index=True)
    processor = models.CharField(max_length=16, default="stripe")
    # The charge; the intent where authentication failed before there was a charge.
    processor_id = models.CharField(max_length=64, unique=True)
    intent_id = models.CharField(max_length=64, blank=True, db_index=True)
    status = models.CharField(max_length=16, choices=Status)
    trigger = models.CharField(max_length=40, choices=Trigger, null=True, blank=True)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    method = models.CharField(max_length=40)
    method_metadata = models.JSONField(default=dict, blank=True)
    processor_metadata = models.JSONField(default=dict, blank=True)
    email = models.EmailField(max_length=320, null=True, blank=True)
    decline_reason = models.CharField(max_length=80, null=True, blank=True)
    decline_message = models.TextField(null=True, blank=True)
    risk_level = models.CharField(max_length=24, null=True, blank=True)
    risk_score = models.PositiveSmallIntegerField(null=True, blank=True)
    # When it went into the ledger.
    booked_at = models.DateTimeField(null=True, blank=True)
    # Since when it is known that no order has a use for the money, and why not.
    unclaimed_at = models.DateTimeField(null=True, blank=True)
    unclaimed_reason = models.TextField(blank=True, default="", db_default="")

    objects = TenantQuerySet.as_manager()

    PERSONAL = frozenset({"email", "method_metadata"})

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organization", "-created_at"], name="payments_latest"),
            models.Index(
                fields=["created_at"],
                condition=models.Q(status="succeeded", booked_at=None),
                name="payments_unbooked",
            ),
            models.Index(
                fields=["-unclaimed_at"],
                condition=models.Q(unclaimed_at__isnull=False),
                name="payments_unclaimed",
            ),
        ]

    def __str__(self) -> str:
        return self.processor_id


class ChargeAttempt(Record):
    """
    One try to charge an order without its buyer: kept before the processor is asked.

    One without a payment method failed for want of one, and nobody was asked.
    """

    class Kind(models.TextChoices):
        """What becomes of the order if it fails: a draft again, or it stays pending."""

        FINALIZE = "finalize"
        COLLECT = "collect"

    class Status(models.TextChoices):
        """See `apps.payments.states`; open as long as the outcome is not known."""

        OPEN = "open"
        SUCCEEDED = "succeeded"
        FAILED = "failed"

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="charge_attempts")
    payment_method = models.ForeignKey(
        PaymentMethod, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    kind = models.CharField(
        max_length=16, choices=Kind, default=Kind.FINALIZE, db_default=Kind.FINALIZE
    )
    trigger = models.CharField(
        max_length=40,
        choices=Payment.Trigger,
        default=Payment.Trigger.PURCHASE,
        db_default=Payment.Trigger.PURCHASE,
    )
    status = models.CharField(max_length=16, choices=Status, default=Status.OPEN)
    # The idempotency key at the processor, and the whole request that goes with it.
    key = models.CharField(max_length=128, unique=True)
    request = models.JSONField()
    intent_id = models.CharField(max_length=64, blank=True)
    failure_code = models.CharField(max_length=80, blank=True)
    failure_message = models.TextField(blank=True)
    # When an open one is looked after; moved ahead by whoever does.
    next_check_at = models.DateTimeField(null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["order"],
                condition=models.Q(status="open"),
                name="payments_attempt_one_open",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["next_check_at"],
                condition=models.Q(status="open"),
                name="payments_attempt_due",
            ),
        ]

    def __str__(self) -> str:
        return self.key
