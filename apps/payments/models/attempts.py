"""Charges without the buyer, as they were asked for."""

from typing import ClassVar

from django.db import models

from apps.core.models import Record
from apps.orders.models import Order
from apps.organizations.models import Organization
from apps.organizations.querysets import TenantQuerySet
from apps.payments.models.methods import PaymentMethod
from apps.payments.models.payments import Payment


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
