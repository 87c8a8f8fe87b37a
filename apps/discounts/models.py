"""Discounts and their redemptions."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower

from apps.catalog.models import Product
from apps.core.models import Record
from apps.customers.models import Customer
from apps.organizations.models import Organization
from apps.organizations.querysets import TenantQuerySet


class Discount(Record):
    """What is taken off a price. Type and duration never change; amounts not after a redemption."""

    class Type(models.TextChoices):
        """Of what the reduction is a part."""

        FIXED = "fixed"
        PERCENTAGE = "percentage"

    class Duration(models.TextChoices):
        """For how many periods of a subscription it holds."""

        ONCE = "once"
        REPEATING = "repeating"
        FOREVER = "forever"

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="discounts"
    )
    name = models.CharField(max_length=256)
    type = models.CharField(max_length=16, choices=Type)
    # Case does not matter; null: only applied by the merchant.
    code = models.CharField(max_length=256, null=True, blank=True)
    basis_points = models.PositiveIntegerField(null=True, blank=True)
    # Currency to minor units.
    amounts = models.JSONField(null=True, blank=True)
    duration = models.CharField(max_length=16, choices=Duration)
    duration_in_months = models.PositiveSmallIntegerField(null=True, blank=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    max_redemptions = models.PositiveIntegerField(null=True, blank=True)
    max_redemptions_per_customer = models.PositiveIntegerField(null=True, blank=True)
    # Kept by the operations that redeem and release, with the row locked.
    redemptions_count = models.PositiveIntegerField(default=0, editable=False)
    # None: every product.
    products = models.ManyToManyField(Product, blank=True, related_name="discounts")
    metadata = models.JSONField(default=dict, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                models.F("organization"),
                Lower("code"),
                condition=models.Q(deleted_at=None),
                name="discounts_discount_code",
            ),
            models.CheckConstraint(
                condition=models.Q(type="percentage", basis_points__gte=1, basis_points__lte=10000)
                | models.Q(type="fixed", basis_points=None, amounts__isnull=False),
                name="discounts_discount_type_fields",
            ),
            models.CheckConstraint(
                condition=models.Q(duration="repeating", duration_in_months__gte=1)
                | (~models.Q(duration="repeating") & models.Q(duration_in_months=None)),
                name="discounts_discount_duration_whole",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "-created_at"], name="discounts_latest")
        ]

    def __str__(self) -> str:
        return self.name


class Redemption(Record):
    """One use of a discount at a checkout or on a subscription; gone if its payment fails."""

    discount = models.ForeignKey(Discount, on_delete=models.PROTECT, related_name="redemptions")
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Plain ids: checkouts and subscriptions live above.
    checkout_id = models.UUIDField(null=True, blank=True, unique=True)
    subscription_id = models.UUIDField(null=True, blank=True, db_index=True)
    # Who it was, beyond the customer row: keyed digests, so that a forgotten buyer stays forgotten.
    email_digest = models.CharField(max_length=64, blank=True, db_index=True)
    fingerprint = models.CharField(max_length=64, blank=True, db_index=True)

    def __str__(self) -> str:
        return str(self.pk)
