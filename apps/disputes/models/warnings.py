"""The card network's warnings that a payment may be fraud."""

from typing import ClassVar

from django.db import models

from apps.core.models import Record
from apps.organizations.models import Organization
from apps.organizations.querysets import TenantQuerySet
from apps.payments.models import Payment


class EarlyFraudWarning(Record):
    """A network's warning of fraud; actionable while a refund could still prevent a dispute."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="fraud_warnings")
    processor_id = models.CharField(max_length=64, unique=True)
    fraud_type = models.CharField(max_length=64)
    is_actionable = models.BooleanField()
    received_at = models.DateTimeField()

    objects = TenantQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organization", "-received_at"], name="disputes_warning_latest")
        ]

    def __str__(self) -> str:
        return self.processor_id
