"""What people have said that a fee of the processor is for."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from apps.core.models import Record
from apps.ledger.processor_fees import ProcessorFeeType


class FeeRule(Record):
    """Fees whose description contains `pattern`, in whatever case, are of one type."""

    pattern = models.CharField(max_length=200)
    fee_type = models.CharField(
        max_length=32, choices=[(one.value, one.value) for one in ProcessorFeeType]
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("pattern"), name="reconciliation_rule_once"),
            models.CheckConstraint(
                condition=~Q(pattern=""), name="reconciliation_rule_says_something"
            ),
        ]

    def __str__(self) -> str:
        return f"“{self.pattern}” is {self.fee_type.replace('_', ' ')}"
