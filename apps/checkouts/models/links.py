"""Links that a merchant publishes once, and that make a checkout for whoever opens them."""

from typing import ClassVar, Final

from django.db import models

from apps.catalog.models import Product
from apps.core.models import Record
from apps.discounts.models import Discount
from apps.organizations.models import Organization
from apps.organizations.querysets import TenantQuerySet

LINK_SECRET_PREFIX: Final = "polar_cl_"  # noqa: S105 -- public


class CheckoutLink(Record):
    """What the checkouts made from a link have in common."""

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="checkout_links"
    )
    # Part of the address that the merchant publishes.
    client_secret = models.CharField(max_length=80, unique=True)
    # For the merchant, to tell their links apart.
    label = models.CharField(max_length=256, null=True, blank=True)
    # Left out of a checkout that it does not apply to.
    discount = models.ForeignKey(
        Discount, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    allow_discount_codes = models.BooleanField(default=True)
    require_billing_address = models.BooleanField(default=False)
    success_url = models.TextField(null=True, blank=True)
    return_url = models.TextField(null=True, blank=True)
    trial_interval = models.CharField(max_length=8, choices=Product.Interval, null=True, blank=True)
    trial_interval_count = models.PositiveSmallIntegerField(null=True, blank=True)
    # The buyer cannot change a number that is set here.
    seats = models.PositiveIntegerField(null=True, blank=True)
    units = models.PositiveIntegerField(null=True, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(trial_interval=None, trial_interval_count=None)
                | models.Q(trial_interval__isnull=False, trial_interval_count__gte=1),
                name="checkouts_link_trial_whole",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "-created_at"], name="checkouts_link_latest")
        ]

    def __str__(self) -> str:
        return self.label or f"Link …{str(self.pk)[-8:]}"


class CheckoutLinkProduct(models.Model):
    """A product that a link offers, at its place among them."""

    link = models.ForeignKey(CheckoutLink, on_delete=models.PROTECT, related_name="offers")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["link", "product"], name="checkouts_link_offer_once")
        ]

    def __str__(self) -> str:
        return str(self.product_id)
