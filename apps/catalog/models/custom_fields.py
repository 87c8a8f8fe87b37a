"""What merchants ask buyers beyond what a purchase needs."""

from typing import ClassVar

from django.db import models

from apps.catalog.models.products import Product
from apps.core.models import Record
from apps.organizations.models import Organization
from apps.organizations.querysets import TenantQuerySet


class CustomField(Record):
    """A question of an organization. Its type never changes."""

    class Type(models.TextChoices):
        """What an answer is."""

        TEXT = "text"
        NUMBER = "number"
        DATE = "date"
        CHECKBOX = "checkbox"
        SELECT = "select"

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="custom_fields"
    )
    type = models.CharField(max_length=16, choices=Type)
    # Under which answers are kept.
    slug = models.CharField(max_length=256)
    # What the merchant calls it.
    name = models.CharField(max_length=256)
    # See `apps.catalog.field_rules`.
    properties = models.JSONField(default=dict, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "slug"],
                condition=models.Q(deleted_at=None),
                name="catalog_field_slug",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AttachedField(models.Model):
    """A question that buyers of a product are asked, at its place among them."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="attached_fields")
    field = models.ForeignKey(CustomField, on_delete=models.PROTECT, related_name="attachments")
    position = models.PositiveSmallIntegerField()
    is_required = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["product", "field"], name="catalog_field_once")
        ]

    def __str__(self) -> str:
        return str(self.field_id)
