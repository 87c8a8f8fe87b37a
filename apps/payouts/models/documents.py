"""Files that belong to payouts."""

from typing import ClassVar

from django.db import models

from apps.core.models import Record
from apps.payouts.models.payouts import Payout


class PayoutProof(Record):
    """What a bank says of a payout that people made: a file in the storage, never changed."""

    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="proofs")
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    file = models.FileField(upload_to="payouts/proofs/%Y/%m/", max_length=200)
    size = models.PositiveIntegerField()
    # SHA-256, in hexadecimal digits.
    checksum = models.CharField(max_length=64)
    added_by = models.CharField(max_length=320)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["payout", "checksum"], name="payouts_proof_once")
        ]

    def __str__(self) -> str:
        return self.name
