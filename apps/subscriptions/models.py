"""Subscriptions, what waits to be billed on them, and changes that wait for the next period."""

from typing import ClassVar

from django.db import models

from apps.catalog.models import Price, Product
from apps.core.models import Record
from apps.customers.models import Customer
from apps.discounts.models import Discount
from apps.orders.models import Order, OrderItem
from apps.organizations.models import Organization
from apps.organizations.querysets import TenantQuerySet
from apps.payments.models import PaymentMethod


class Subscription(Record):
    """A product that is billed again and again. Amounts in minor units of `currency`."""

    class Status(models.TextChoices):
        """See `apps.subscriptions.states`."""

        TRIALING = "trialing"
        ACTIVE = "active"
        PAST_DUE = "past_due"
        PAUSED = "paused"
        CANCELED = "canceled"

    class CancellationReason(models.TextChoices):
        """Why the customer left, in their words."""

        CUSTOMER_SERVICE = "customer_service"
        LOW_QUALITY = "low_quality"
        MISSING_FEATURES = "missing_features"
        SWITCHED_SERVICE = "switched_service"
        TOO_COMPLEX = "too_complex"
        TOO_EXPENSIVE = "too_expensive"
        UNUSED = "unused"
        OTHER = "other"

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="subscriptions"
    )
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="subscriptions")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="subscriptions")
    discount = models.ForeignKey(
        Discount, on_delete=models.PROTECT, null=True, blank=True, related_name="subscriptions"
    )
    payment_method = models.ForeignKey(
        PaymentMethod, on_delete=models.PROTECT, null=True, blank=True, related_name="subscriptions"
    )
    # A plain id: checkouts live above. Unique, so that a checkout is fulfilled once.
    checkout_id = models.UUIDField(null=True, blank=True, unique=True)
    status = models.CharField(max_length=16, choices=Status)
    currency = models.CharField(max_length=3)
    # Of one period, after the discount and before exclusive tax.
    amount = models.BigIntegerField()
    # Without inclusive tax, as of the last charge.
    net_amount = models.BigIntegerField()
    recurring_interval = models.CharField(max_length=8, choices=Product.Interval)
    recurring_interval_count = models.PositiveSmallIntegerField()
    # The day of the month on which periods begin, where a month has it.
    anchor_day = models.PositiveSmallIntegerField()
    current_period_start_at = models.DateTimeField()
    current_period_end_at = models.DateTimeField()
    trial_start_at = models.DateTimeField(null=True, blank=True)
    trial_end_at = models.DateTimeField(null=True, blank=True)
    cancel_at_period_end = models.BooleanField(default=False)
    canceled_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    past_due_at = models.DateTimeField(null=True, blank=True)
    pause_at_period_end = models.BooleanField(default=False)
    paused_at = models.DateTimeField(null=True, blank=True)
    resumes_at = models.DateTimeField(null=True, blank=True)
    # Start of the first period that the present discount was applied to.
    discount_applied_at = models.DateTimeField(null=True, blank=True)
    seats = models.PositiveIntegerField(null=True, blank=True)
    units = models.PositiveIntegerField(null=True, blank=True)
    # As agreed at the beginning: inclusive or exclusive.
    tax_behavior = models.CharField(max_length=16, null=True, blank=True)
    is_tax_exempted = models.BooleanField(default=False)
    cancellation_reason = models.CharField(
        max_length=24, choices=CancellationReason, null=True, blank=True
    )
    cancellation_comment = models.TextField(null=True, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    custom_field_data = models.JSONField(default=dict, blank=True)
    # A scheduler has taken it up until then (the machine's time, not a test clock's): a claim of a
    # process that died runs out by itself.
    claimed_until = models.DateTimeField(null=True, blank=True)

    # In the customer's own words.
    PERSONAL = frozenset({"cancellation_comment"})

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(current_period_end_at__gt=models.F("current_period_start_at")),
                name="subscriptions_subscription_period_forward",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="canceled") | models.Q(ended_at__isnull=False),
                name="subscriptions_subscription_ended_at",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="past_due") | models.Q(past_due_at__isnull=False),
                name="subscriptions_subscription_past_due_at",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="paused") | models.Q(paused_at__isnull=False),
                name="subscriptions_subscription_paused_at",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="trialing") | models.Q(trial_end_at__isnull=False),
                name="subscriptions_subscription_trial_end_at",
            ),
            models.CheckConstraint(
                condition=models.Q(cancel_at_period_end=False) | models.Q(ends_at__isnull=False),
                name="subscriptions_subscription_ends_at",
            ),
            models.CheckConstraint(
                condition=models.Q(anchor_day__gte=1, anchor_day__lte=31),
                name="subscriptions_subscription_anchor_day",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "-created_at"], name="subscriptions_latest"),
            # The order in which they are listed.
            models.Index(
                fields=["organization", "-started_at", "-id"], name="subscriptions_started"
            ),
            models.Index(fields=["customer", "-created_at"], name="subscriptions_of_customer"),
            # For the scheduler: what is due next, and within one organization.
            models.Index(
                fields=["current_period_end_at"],
                condition=models.Q(status__in=["trialing", "active", "past_due"]),
                name="subscriptions_due",
            ),
            models.Index(
                fields=["organization", "current_period_end_at"],
                condition=models.Q(status__in=["trialing", "active", "past_due"]),
                name="subscriptions_org_due",
            ),
            models.Index(
                fields=["resumes_at"],
                condition=models.Q(status="paused", resumes_at__isnull=False),
                name="subscriptions_resuming",
            ),
            # How many the schedulers have in hand.
            models.Index(
                fields=["claimed_until"],
                condition=models.Q(claimed_until__isnull=False),
                name="subscriptions_claimed",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class SubscriptionPrice(models.Model):
    """A price as the subscriber has it: the catalog may change, this does not."""

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="prices")
    price = models.ForeignKey(Price, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)
    # Before the discount, for the subscription's own seats and units.
    amount = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["subscription", "price"], name="subscriptions_price_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.amount)


class BillingEntry(Record):
    """Something to be billed or credited; pending until it has become a line of an order."""

    class Type(models.TextChoices):
        """What it came from."""

        CYCLE = "cycle"
        PRORATION = "proration"
        METERED = "metered"
        SEATS_INCREASE = "subscription_seats_increase"
        SEATS_DECREASE = "subscription_seats_decrease"
        UNITS_INCREASE = "subscription_units_increase"
        UNITS_DECREASE = "subscription_units_decrease"

    class Direction(models.TextChoices):
        """Debit: the customer pays. Credit: the customer gets."""

        DEBIT = "debit"
        CREDIT = "credit"

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    subscription = models.ForeignKey(
        Subscription, on_delete=models.PROTECT, related_name="billing_entries"
    )
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    price = models.ForeignKey(Price, on_delete=models.PROTECT, related_name="+")
    type = models.CharField(max_length=32, choices=Type)
    direction = models.CharField(max_length=8, choices=Direction)
    # Minor units, never negative. Of prorations the discount is taken off already.
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    discount = models.ForeignKey(
        Discount, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    discount_amount = models.BigIntegerField(null=True, blank=True)
    start_at = models.DateTimeField()
    end_at = models.DateTimeField()
    # Seats or units before and after, where their number changed.
    quantity_before = models.PositiveIntegerField(null=True, blank=True)
    quantity_after = models.PositiveIntegerField(null=True, blank=True)
    order_item = models.ForeignKey(
        OrderItem, on_delete=models.PROTECT, null=True, blank=True, related_name="billing_entries"
    )

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "billing entries"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(amount__gte=0), name="subscriptions_billingentry_amount"
            ),
            # The engine bills a price once per period, whoever asks.
            models.UniqueConstraint(
                fields=["subscription", "price", "start_at"],
                condition=models.Q(type="cycle"),
                name="subscriptions_billingentry_cycle_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["subscription", "start_at"],
                condition=models.Q(order_item=None),
                name="subscriptions_entries_pending",
            )
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.direction} {self.amount}"


class PendingUpdate(Record):
    """
    A change that waits: for the next period, or for the payment that it depends on.

    `applied_at` and `discarded_at` end it. One may wait for the period and one for a payment.
    """

    class Timing(models.TextChoices):
        """What it waits for."""

        PERIOD = "period"
        PAYMENT = "payment"

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    subscription = models.ForeignKey(
        Subscription, on_delete=models.PROTECT, related_name="pending_updates"
    )
    timing = models.CharField(max_length=8, choices=Timing, default=Timing.PERIOD)
    applies_at = models.DateTimeField()
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    discount = models.ForeignKey(
        Discount, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Whether `discount` says something: null may mean "none" or "as it is".
    changes_discount = models.BooleanField(default=False)
    seats = models.PositiveIntegerField(null=True, blank=True)
    units = models.PositiveIntegerField(null=True, blank=True)
    behavior = models.CharField(max_length=16, blank=True)
    # The order whose payment it waits for.
    order = models.ForeignKey(
        Order, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # The whole computed change, for one that waits for its payment.
    details = models.JSONField(default=dict, blank=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    discarded_at = models.DateTimeField(null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["subscription", "timing"],
                condition=models.Q(applied_at=None, discarded_at=None),
                name="subscriptions_pendingupdate_one",
            )
        ]

    def __str__(self) -> str:
        return f"{self.timing} {self.applies_at:%Y-%m-%d}"


class TrialRedemption(Record):
    """A trial that somebody took; kept so that it is not taken again under another name."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    # A plain id: checkouts live above.
    checkout_id = models.UUIDField(unique=True)
    # Keyed digests, so that a forgotten buyer stays forgotten.
    email_digest = models.CharField(max_length=64, blank=True)
    fingerprint = models.CharField(max_length=64, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organization", "email_digest"], name="subscriptions_trial_email"),
            models.Index(fields=["organization", "fingerprint"], name="subscriptions_trial_card"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
