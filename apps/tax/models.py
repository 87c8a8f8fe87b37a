"""The record of tax: what each movement of the books owed to authorities, or took back."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from apps.core.ids import new_id
from apps.organizations.models import Organization
from apps.organizations.querysets import TenantQuerySet


class TaxRecord(models.Model):
    """
    The tax of one entry of the ledger; never changed, and undone only by a further one.

    `amount` (minor units of `currency`, the settlement currency) is what is owed for it, below zero
    where it is owed no longer. `presentment_amount` is the same as its buyer saw it, null where the
    entry does not say.
    """

    class Kind(models.TextChoices):
        """What was done; those that came back undo the other of their pair."""

        SALE = "sale"
        REFUND = "refund"
        REFUND_CAME_BACK = "refund_came_back"
        DISPUTE_LOST = "dispute_lost"
        DISPUTE_CAME_BACK = "dispute_came_back"
        CORRECTION = "correction"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="tax_records"
    )
    kind = models.CharField(max_length=24, choices=Kind)
    # Plain ids: orders and payments are above; entries are never deleted.
    entry_id = models.UUIDField(unique=True)
    corrects_entry_id = models.UUIDField(null=True, blank=True)
    order_id = models.UUIDField(null=True, blank=True, db_index=True)
    payment_id = models.UUIDField(null=True, blank=True)
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    presentment_currency = models.CharField(max_length=3, null=True, blank=True)
    presentment_amount = models.BigIntegerField(null=True, blank=True)
    recorded_at = models.DateTimeField()

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(amount=0), name="tax_record_of_something"),
            models.CheckConstraint(
                condition=Q(presentment_currency=None, presentment_amount=None)
                | Q(presentment_currency__isnull=False, presentment_amount__isnull=False),
                name="tax_record_presentment",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "-recorded_at"], name="tax_record_latest")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} …{str(self.entry_id)[-8:]}"
