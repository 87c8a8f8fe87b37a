"""Payout accounts, and how an organization is paid out."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from apps.core.models import Record
from apps.organizations.models import Organization


class PayoutAccount(Record):
    """
    Where money is paid out to; several organizations may share one.

    The facts of a Stripe account are as the processor last told them. See `apps.payouts.readiness`
    for what they mean.
    """

    class Type(models.TextChoices):
        """Who pays: the processor, or people."""

        STRIPE = "stripe"
        MANUAL = "manual"

    type = models.CharField(max_length=16, choices=Type)
    name = models.CharField(max_length=200, blank=True)
    email = models.EmailField(max_length=320, blank=True)
    country = models.CharField(max_length=2)
    currency = models.CharField(max_length=3)
    # Empty until the processor has answered.
    processor_id = models.CharField(max_length=120, null=True, blank=True, unique=True)
    is_submitted = models.BooleanField(default=False)
    is_payout_enabled = models.BooleanField(default=False)
    is_transfer_active = models.BooleanField(default=False)
    disabled_reason = models.CharField(max_length=80, blank=True)
    # What the processor waits for: {"due": […], "past_due": […], "pending": […]}.
    requirements = models.JSONField(default=dict, blank=True)
    refreshed_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name or self.processor_id or f"{self.get_type_display()} {self.country}"


class PayoutProfile(models.Model):
    """How an organization is paid out; one row per organization that ever will be."""

    class Schedule(models.TextChoices):
        """When a payout is made without being asked for."""

        OFF = "off"
        DAILY = "daily"
        WEEKLY = "weekly"
        MONTHLY = "monthly"

    organization = models.OneToOneField(
        Organization, primary_key=True, on_delete=models.PROTECT, related_name="payout_profile"
    )
    payout_account = models.ForeignKey(
        PayoutAccount, on_delete=models.PROTECT, null=True, blank=True, related_name="profiles"
    )
    schedule = models.CharField(max_length=16, choices=Schedule, default=Schedule.OFF)
    next_payout_at = models.DateTimeField(null=True, blank=True)
    # Who the reverse invoices are from.
    billing_name = models.CharField(max_length=200, blank=True)
    billing_address = models.JSONField(default=dict, blank=True)
    modified_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(schedule="off", next_payout_at=None)
                | (~Q(schedule="off") & Q(next_payout_at__isnull=False)),
                name="payouts_profile_next_payout",
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["next_payout_at"],
                condition=Q(next_payout_at__isnull=False),
                name="payouts_profile_due",
            )
        ]

    def __str__(self) -> str:
        return f"Payouts of {self.organization}"
