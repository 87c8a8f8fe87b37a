"""Products and prices."""

from typing import ClassVar

from django.db import models

from apps.core.models import Record
from apps.organizations.models import Organization
from apps.organizations.querysets import TenantQuerySet


class Product(Record):
    """Something an organization sells, once or again and again."""

    class Visibility(models.TextChoices):
        """Who sees it where products are listed."""

        DRAFT = "draft"
        PRIVATE = "private"
        PUBLIC = "public"

    class Interval(models.TextChoices):
        """The unit of a billing period."""

        DAY = "day"
        WEEK = "week"
        MONTH = "month"
        YEAR = "year"

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="products"
    )
    name = models.CharField(max_length=64)
    description = models.TextField(null=True, blank=True)
    visibility = models.CharField(max_length=16, choices=Visibility, default=Visibility.PUBLIC)
    recurring_interval = models.CharField(max_length=8, choices=Interval, null=True, blank=True)
    recurring_interval_count = models.PositiveSmallIntegerField(null=True, blank=True)
    trial_interval = models.CharField(max_length=8, choices=Interval, null=True, blank=True)
    trial_interval_count = models.PositiveSmallIntegerField(null=True, blank=True)
    is_tax_applicable = models.BooleanField(default=True)
    tax_code = models.CharField(max_length=64, default="general_electronically_supplied_services")
    metadata = models.JSONField(default=dict, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(recurring_interval=None, recurring_interval_count=None)
                | models.Q(
                    recurring_interval__isnull=False,
                    recurring_interval_count__gte=1,
                    recurring_interval_count__lte=999,
                ),
                name="catalog_product_interval_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(trial_interval=None, trial_interval_count=None)
                | models.Q(
                    recurring_interval__isnull=False,
                    trial_interval__isnull=False,
                    trial_interval_count__gte=1,
                    trial_interval_count__lte=1000,
                ),
                name="catalog_product_trial_whole",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "-created_at"], name="catalog_product_latest")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_recurring(self) -> bool:
        """Whether it is billed in periods."""
        return self.recurring_interval is not None

    @property
    def is_archived(self) -> bool:
        """Whether it can no longer be bought."""
        return self.archived_at is not None


class Price(Record):
    """One price of a product in one currency. Never edited: replaced, and the old one archived."""

    class Kind(models.TextChoices):
        """How the amount comes about."""

        FIXED = "fixed"
        CUSTOM = "custom"
        SEAT = "seat"
        UNIT = "unit"

    class Source(models.TextChoices):
        """Of the catalog, or made for one checkout."""

        CATALOG = "catalog"
        AD_HOC = "ad_hoc"

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="prices")
    kind = models.CharField(max_length=16, choices=Kind)
    source = models.CharField(max_length=16, choices=Source, default=Source.CATALOG)
    currency = models.CharField(max_length=3)
    tax_behavior = models.CharField(max_length=16, null=True, blank=True)
    # Minor units. A free price is a fixed price of 0.
    fixed_amount = models.BigIntegerField(null=True, blank=True)
    minimum_amount = models.BigIntegerField(null=True, blank=True)
    maximum_amount = models.BigIntegerField(null=True, blank=True)
    preset_amount = models.BigIntegerField(null=True, blank=True)
    # How tiers are read (volume, graduated), and the tiers: minimum, maximum or null, unit_amount.
    tier_type = models.CharField(max_length=16, null=True, blank=True)
    tiers = models.JSONField(null=True, blank=True)
    # Smallest purchase of a price by the unit, and what a unit is called in each language.
    minimum_units = models.PositiveIntegerField(null=True, blank=True)
    unit_label = models.JSONField(null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(kind="fixed", fixed_amount__gte=0, minimum_amount=None)
                | models.Q(kind="custom", fixed_amount=None, minimum_amount__gte=0)
                | models.Q(kind__in=["seat", "unit"], fixed_amount=None, tiers__isnull=False),
                name="catalog_price_kind_fields",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["product", "currency"], name="catalog_price_of_product")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.currency}"
