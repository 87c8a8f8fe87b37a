"""Checkout sessions."""

from typing import ClassVar, Final

from django.db import models
from django.db.models import Value
from django.db.models.functions import Upper

from apps.catalog.models import Price, Product
from apps.checkouts.models.links import CheckoutLink
from apps.core.models import Record
from apps.customers.models import Customer
from apps.discounts.models import Discount
from apps.organizations.models import Organization
from apps.organizations.querysets import TenantQuerySet
from apps.subscriptions.models import Subscription

CLIENT_SECRET_PREFIX: Final = "polar_c_"  # noqa: S105 -- public


class Checkout(Record):
    """One buyer's way from a product to a payment. Amounts in minor units of `currency`."""

    class Status(models.TextChoices):
        """See `apps.checkouts.states`."""

        OPEN = "open"
        CONFIRMED = "confirmed"
        SUCCEEDED = "succeeded"
        EXPIRED = "expired"
        FAILED = "failed"

    class IntentKind(models.TextChoices):
        """What the processor is asked for: money, or a method to be charged later."""

        PAYMENT = "payment"
        SETUP = "setup"

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="checkouts"
    )
    status = models.CharField(max_length=16, choices=Status, default=Status.OPEN)
    # What it was made from, where no API call made it.
    link = models.ForeignKey(
        CheckoutLink,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="checkouts",
        db_index=False,
    )
    # The buyer's only credential.
    client_secret = models.CharField(max_length=80, unique=True)
    expires_at = models.DateTimeField()
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, null=True, related_name="checkouts"
    )
    # The first of those in `price_ids`: all that are bought together, as they were when chosen.
    price = models.ForeignKey(Price, on_delete=models.PROTECT, null=True, related_name="+")
    price_ids = models.JSONField(default=list, blank=True, db_default=Value([], models.JSONField()))
    currency = models.CharField(max_length=3)
    # Gross, before discount and tax.
    amount = models.BigIntegerField()
    # What the buyer chose for a custom price; null until they do.
    custom_amount = models.BigIntegerField(null=True, blank=True)
    # Null where nothing is sold by the seat or by the unit.
    seats = models.PositiveIntegerField(null=True, blank=True)
    min_seats = models.PositiveIntegerField(null=True, blank=True)
    max_seats = models.PositiveIntegerField(null=True, blank=True)
    units = models.PositiveIntegerField(null=True, blank=True)
    min_units = models.PositiveIntegerField(null=True, blank=True)
    max_units = models.PositiveIntegerField(null=True, blank=True)
    discount = models.ForeignKey(
        Discount,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    discount_amount = models.BigIntegerField(default=0)
    net_amount = models.BigIntegerField()
    # Null: cannot be computed yet.
    tax_amount = models.BigIntegerField(null=True, blank=True)
    tax_behavior = models.CharField(max_length=16, null=True, blank=True)
    tax_breakdown = models.JSONField(default=list, blank=True)
    tax_processor_id = models.CharField(max_length=64, null=True, blank=True)
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, null=True, blank=True, related_name="checkouts"
    )
    # Matched by e-mail at confirm: such a buyer gets no portal session.
    is_customer_matched_by_email = models.BooleanField(default=False)
    # Found or made at confirm by what the buyer typed: no longer theirs if the payment fails.
    is_customer_typed = models.BooleanField(default=False)
    external_customer_id = models.CharField(max_length=256, null=True, blank=True)
    customer_email = models.EmailField(max_length=320, null=True, blank=True)
    customer_name = models.CharField(max_length=256, null=True, blank=True)
    customer_billing_name = models.CharField(max_length=256, null=True, blank=True)
    customer_billing_address = models.JSONField(null=True, blank=True)
    customer_tax_id = models.JSONField(null=True, blank=True)
    customer_ip_address = models.GenericIPAddressField(null=True, blank=True)
    # What the buyer's browser called itself when they paid, for the evidence against disputes.
    customer_user_agent = models.CharField(max_length=500, null=True, blank=True)
    customer_metadata = models.JSONField(default=dict, blank=True)
    is_business_customer = models.BooleanField(default=False)
    require_billing_address = models.BooleanField(default=False)
    allow_discount_codes = models.BooleanField(default=True)
    allow_trial = models.BooleanField(null=True, blank=True)
    # Of this checkout; else those of the product.
    trial_interval = models.CharField(max_length=8, choices=Product.Interval, null=True, blank=True)
    trial_interval_count = models.PositiveSmallIntegerField(null=True, blank=True)
    # As if the buyer paid at the last change; null without a trial.
    trial_end_at = models.DateTimeField(null=True, blank=True)
    # The free subscription that it takes the place of.
    subscription = models.ForeignKey(
        Subscription,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    locale = models.CharField(max_length=16, null=True, blank=True)
    success_url = models.TextField(null=True, blank=True)
    return_url = models.TextField(null=True, blank=True)
    embed_origin = models.TextField(null=True, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    custom_field_data = models.JSONField(default=dict, blank=True)
    payment_method_type = models.CharField(max_length=40, null=True, blank=True)
    # How often a payment was tried: part of the idempotency key of the next try.
    attempt_count = models.PositiveIntegerField(default=0)
    intent_id = models.CharField(max_length=64, null=True, blank=True, db_index=True)
    intent_kind = models.CharField(max_length=8, choices=IntentKind, null=True, blank=True)
    intent_client_secret = models.CharField(max_length=200, null=True, blank=True)
    intent_status = models.CharField(max_length=40, null=True, blank=True)
    # What is asked of the processor under the key of the present attempt, word for word: asking
    # again with other words would be refused. Null where nothing is to be paid.
    intent_request = models.JSONField(null=True, blank=True)
    # The intent of the attempt before, withdrawn before the next one is made.
    outdated_intent_id = models.CharField(max_length=64, null=True, blank=True)
    # When a confirmed checkout is looked after, should the processor not have told its outcome.
    next_check_at = models.DateTimeField(null=True, blank=True)
    confirmation_token_id = models.CharField(max_length=64, null=True, blank=True)
    failure_message = models.TextField(blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    succeeded_at = models.DateTimeField(null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    PERSONAL = frozenset(
        {
            "customer_email",
            "customer_name",
            "customer_billing_name",
            "customer_billing_address",
            "customer_tax_id",
            "customer_ip_address",
            "customer_user_agent",
        }
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~models.Q(status="confirmed") | models.Q(confirmed_at__isnull=False),
                name="checkouts_checkout_confirmed_at",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="succeeded") | models.Q(succeeded_at__isnull=False),
                name="checkouts_checkout_succeeded_at",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "-created_at"], name="checkouts_latest"),
            models.Index(
                fields=["link", "-created_at"],
                condition=models.Q(link__isnull=False),
                name="checkouts_by_link",
            ),
            models.Index(
                fields=["expires_at"],
                condition=models.Q(status="open"),
                name="checkouts_open_expiry",
            ),
            models.Index(
                Upper("customer_email"),
                condition=models.Q(customer_email__isnull=False),
                name="checkouts_of_address",
            ),
            models.Index(
                fields=["next_check_at"],
                condition=models.Q(status="confirmed"),
                name="checkouts_unsettled",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def total_amount(self) -> int:
        """Net plus tax, as far as the tax is known."""
        return self.net_amount + (self.tax_amount or 0)


class CheckoutProduct(models.Model):
    """A product offered in a checkout, with the ad-hoc prices made for it."""

    checkout = models.ForeignKey(Checkout, on_delete=models.PROTECT, related_name="offers")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    ad_hoc_prices = models.ManyToManyField(Price, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["checkout", "product"], name="checkouts_offer_once")
        ]

    def __str__(self) -> str:
        return str(self.product_id)
