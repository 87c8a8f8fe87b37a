"""The methods that payments are made with."""

from typing import ClassVar

from django.db import models
from django.db.models.fields.json import KeyTransform

from apps.core.models import Record
from apps.customers.models import Customer
from apps.organizations.models import Organization
from apps.organizations.querysets import TenantQuerySet


class PaymentMethod(Record):
    """A card or account saved at the processor for a customer."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="payment_methods")
    processor_id = models.CharField(max_length=64)
    type = models.CharField(max_length=40)
    # brand, last4, exp_month, exp_year, fingerprint, country, …
    method_metadata = models.JSONField(default=dict, blank=True)
    fingerprint = models.CharField(max_length=64, blank=True, db_index=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer", "processor_id"], name="payments_method_once"
            )
        ]
        indexes: ClassVar = [
            models.Index(KeyTransform("last4", "method_metadata"), name="payments_method_last4"),
            models.Index(fields=["processor_id"], name="payments_method_processor"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.method_metadata.get('last4', '')}"
