"""Disputes of payments, and the alerts that come before them."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.core.models import Record
from apps.customers.models import Customer
from apps.orders.models import Order
from apps.organizations.models import Organization
from apps.organizations.querysets import TenantQuerySet
from apps.payments.models import Payment


class Dispute(Record):
    """
    A payment that its payer contests at the bank; amounts in minor units of `currency`.

    `amount` is net, `tax_amount` comes on top. Without a `processor_id` only the provider of
    alerts has told of it.
    """

    class Status(models.TextChoices):
        """See `apps.disputes.states`."""

        EARLY_WARNING = "early_warning"
        NEEDS_RESPONSE = "needs_response"
        UNDER_REVIEW = "under_review"
        WON = "won"
        LOST = "lost"
        PREVENTED = "prevented"

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="disputes"
    )
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="disputes")
    # Null where the payment pays nothing.
    order = models.ForeignKey(
        Order, on_delete=models.PROTECT, null=True, blank=True, related_name="disputes"
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, null=True, blank=True, related_name="disputes"
    )
    status = models.CharField(max_length=16, choices=Status)
    amount = models.BigIntegerField()
    tax_amount = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=64, null=True, blank=True)
    network_reason_code = models.CharField(max_length=32, null=True, blank=True)
    processor_id = models.CharField(max_length=64, null=True, blank=True, unique=True)
    alert_id = models.CharField(max_length=64, null=True, blank=True)
    alert_processor = models.CharField(max_length=24, blank=True)
    evidence_due_at = models.DateTimeField(null=True, blank=True)
    has_evidence = models.BooleanField(default=False)
    is_past_due = models.BooleanField(default=False)
    submission_count = models.PositiveIntegerField(default=0)
    # The network gave the money back by itself before anyone was asked, without a fee.
    is_rapid_resolution = models.BooleanField(default=False)
    # The bank only asks; it has not taken the money.
    is_inquiry = models.BooleanField(default=False)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    # When the processor took the money and its fee, and when it brought the money back.
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    reinstated_at = models.DateTimeField(null=True, blank=True)
    # What of it the order counts as gone back, once it was lost.
    counted_amount = models.BigIntegerField(default=0)
    counted_tax_amount = models.BigIntegerField(default=0)
    # Conceded: written down before the processor is asked, and done.
    accept_asked_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    # When it is conceded by itself unless the merchant replies before.
    auto_accept_at = models.DateTimeField(null=True, blank=True)
    merchant_replied_at = models.DateTimeField(null=True, blank=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="assigned_disputes",
    )

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(amount__gte=0, tax_amount__gte=0)
                & (Q(amount__gt=0) | Q(tax_amount__gt=0)),
                name="disputes_dispute_positive",
            ),
            models.CheckConstraint(
                condition=Q(processor_id__isnull=False) | Q(alert_id__isnull=False),
                name="disputes_dispute_reported",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=False, status__in=("won", "lost", "prevented"))
                | Q(
                    closed_at__isnull=True,
                    status__in=("early_warning", "needs_response", "under_review"),
                ),
                name="disputes_dispute_closed",
            ),
            models.CheckConstraint(
                condition=Q(reinstated_at=None) | Q(withdrawn_at__isnull=False),
                name="disputes_dispute_reinstated",
            ),
            models.UniqueConstraint(
                fields=["alert_processor", "alert_id"],
                condition=Q(alert_id__isnull=False),
                name="disputes_dispute_one_alert",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "-created_at"], name="disputes_latest"),
            # What waits for an answer, by its deadline.
            models.Index(
                fields=["evidence_due_at"],
                condition=Q(status="needs_response"),
                name="disputes_queue",
            ),
            models.Index(
                fields=["auto_accept_at"],
                condition=Q(auto_accept_at__isnull=False),
                name="disputes_auto_accept",
            ),
            models.Index(
                fields=["accept_asked_at"],
                condition=Q(accept_asked_at__isnull=False, accepted_at=None),
                name="disputes_accepting",
            ),
        ]

    def __str__(self) -> str:
        return self.processor_id or self.alert_id or f"dispute …{str(self.pk)[-8:]}"

    @property
    def gross_amount(self) -> int:
        """What is contested, tax included."""
        return self.amount + self.tax_amount

    @property
    def is_closed(self) -> bool:
        """Whether it has ended, however."""
        return self.closed_at is not None

    @property
    def is_holding(self) -> bool:
        """Whether the processor has the money and has not brought it back."""
        return self.withdrawn_at is not None and self.reinstated_at is None

    @property
    def accept_key(self) -> str:
        """The idempotency key of conceding it at the processor."""
        return f"dispute_accept:{self.pk}"
