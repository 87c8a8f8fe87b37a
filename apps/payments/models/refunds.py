"""What goes back of payments."""

from typing import ClassVar

from django.db import models

from apps.core.models import Record
from apps.customers.models import Customer
from apps.orders.models import Order
from apps.organizations.models import Organization
from apps.organizations.querysets import TenantQuerySet
from apps.payments.models.payments import Payment


class Refund(Record):
    """
    Money of one payment that goes back to its payer; amounts in minor units of `currency`.

    `amount` is net, `tax_amount` comes on top. Kept before the processor is asked: without a
    `processor_id` its outcome is not known yet, or the processor refused it.
    """

    class Status(models.TextChoices):
        """See `apps.payments.states`; one that succeeded may still fail."""

        PENDING = "pending"
        SUCCEEDED = "succeeded"
        FAILED = "failed"
        CANCELED = "canceled"

    class Reason(models.TextChoices):
        """Why; `dispute_prevention` is the system's own."""

        DUPLICATE = "duplicate"
        FRAUDULENT = "fraudulent"
        CUSTOMER_REQUEST = "customer_request"
        SERVICE_DISRUPTION = "service_disruption"
        SATISFACTION_GUARANTEE = "satisfaction_guarantee"
        DISPUTE_PREVENTION = "dispute_prevention"
        OTHER = "other"

    class FailureReason(models.TextChoices):
        """Why the money did not arrive."""

        UNKNOWN = "unknown"
        DECLINED = "declined"
        CARD_EXPIRED = "card_expired"
        CARD_LOST = "card_lost"
        DISPUTED = "disputed"
        INSUFFICIENT_FUNDS = "insufficient_funds"
        MERCHANT_REQUEST = "merchant_request"

    class Source(models.TextChoices):
        """Where it was asked for: over the API, by staff, by ourselves, or at the processor."""

        API = "api"
        STAFF = "staff"
        SYSTEM = "system"
        PROCESSOR = "processor"

    class Resolution(models.TextChoices):
        """What staff made of one that did not arrive."""

        RETRIED = "retried"
        CREDITED = "credited"
        DISMISSED = "dismissed"

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="refunds")
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    # Null where the payment pays nothing.
    order = models.ForeignKey(
        Order, on_delete=models.PROTECT, null=True, blank=True, related_name="refunds"
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, null=True, blank=True, related_name="refunds"
    )
    # A plain id: disputes live beside payments.
    dispute_id = models.UUIDField(null=True, blank=True, db_index=True)
    status = models.CharField(max_length=16, choices=Status, default=Status.PENDING)
    reason = models.CharField(max_length=32, choices=Reason)
    source = models.CharField(max_length=16, choices=Source)
    amount = models.BigIntegerField()
    tax_amount = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    comment = models.TextField(blank=True)
    revoke_benefits = models.BooleanField(default=False)
    failure_reason = models.CharField(max_length=32, choices=FailureReason, blank=True)
    failure_message = models.TextField(blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    processor_id = models.CharField(max_length=64, null=True, blank=True, unique=True)
    succeeded_at = models.DateTimeField(null=True, blank=True)
    # When a pending one is looked after; moved ahead by whoever does.
    next_check_at = models.DateTimeField(null=True, blank=True)
    # Since when staff have to decide about it: the money has not arrived.
    attention_at = models.DateTimeField(null=True, blank=True)
    resolution = models.CharField(max_length=16, choices=Resolution, blank=True)
    retry_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="retries"
    )

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(amount__gte=0, tax_amount__gte=0)
                & (models.Q(amount__gt=0) | models.Q(tax_amount__gt=0)),
                name="payments_refund_positive",
            ),
            # Whose outcome is not known is the only one of its payment until it is.
            models.UniqueConstraint(
                fields=["payment"],
                condition=models.Q(status="pending", processor_id=None),
                name="payments_refund_one_unanswered",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "-created_at"], name="payments_refund_latest"),
            models.Index(
                fields=["next_check_at"],
                condition=models.Q(status="pending"),
                name="payments_refund_due",
            ),
            models.Index(
                fields=["-attention_at"],
                condition=models.Q(attention_at__isnull=False),
                name="payments_refund_attention",
            ),
        ]

    def __str__(self) -> str:
        return self.processor_id or f"refund …{str(self.pk)[-8:]}"

    @property
    def gross_amount(self) -> int:
        """What the payer gets back, tax included."""
        return self.amount + self.tax_amount

    @property
    def key(self) -> str:
        """The idempotency key at the processor."""
        return f"refund:{self.pk}"
