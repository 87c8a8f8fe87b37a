"""Tries to take money, as the processor reports them."""

from typing import ClassVar

from django.db import models
from django.db.models.fields.json import KeyTransform

from apps.core.models import Record
from apps.customers.models import Customer
from apps.orders.models import Order
from apps.organizations.models import Organization
from apps.organizations.querysets import TenantQuerySet


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
    # Since when its payer's bank contests it, until that is decided: nothing goes back meanwhile.
    contested_at = models.DateTimeField(null=True, blank=True)

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
            models.Index(KeyTransform("last4", "method_metadata"), name="payments_payment_last4"),
        ]

    def __str__(self) -> str:
        return self.processor_id
