"""Money of merchants that is kept back: reserves, by their terms, and holds, by decision."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from apps.core.models import Record
from apps.organizations.models import Organization
from apps.organizations.querysets import TenantQuerySet


class Reserve(Record):
    """
    Terms by which a part of an organization's money is kept back, until they end.

    A rolling one takes `bps` of each sale and gives it back `days` later. A fixed one takes what is
    available, then all of each sale, until it has `amount`, and gives it back at `release_at`, or
    when staff say so. Amounts in minor units of `currency`.
    """

    class Kind(models.TextChoices):
        """How much is kept, and for how long."""

        ROLLING = "rolling"
        FIXED = "fixed"

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="reserves"
    )
    kind = models.CharField(max_length=16, choices=Kind)
    currency = models.CharField(max_length=3)
    bps = models.PositiveIntegerField(null=True, blank=True)
    days = models.PositiveIntegerField(null=True, blank=True)
    amount = models.BigIntegerField(null=True, blank=True)
    release_at = models.DateTimeField(null=True, blank=True)
    # Why, and who decided it, as they were called then.
    reason = models.CharField(max_length=500)
    set_by = models.CharField(max_length=320)
    # It takes nothing more from then on; what a rolling one has still goes back on its days.
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    kind="rolling",
                    bps__gt=0,
                    bps__lte=10_000,
                    days__gt=0,
                    amount=None,
                    release_at=None,
                )
                | Q(kind="fixed", bps=None, days=None, amount__gt=0),
                name="payouts_reserve_terms",
            ),
            models.UniqueConstraint(
                fields=["organization", "kind", "currency"],
                condition=Q(ended_at=None),
                name="payouts_reserve_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["release_at"],
                condition=Q(ended_at=None, release_at__isnull=False),
                name="payouts_reserve_due",
            )
        ]

    def __str__(self) -> str:
        if self.kind == self.Kind.ROLLING:
            share = f"{(self.bps or 0) / 100:g} %"
            return f"Reserve of {share} for {self.days} days"
        return "Fixed reserve"


class ReservePart(models.Model):
    """
    What a reserve has taken at once: of one sale, or of what was available.

    `cause` names it once in the reserve. Of a sale it was not available before `available_at`, and
    does not become so earlier when it is given back.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    reserve = models.ForeignKey(Reserve, on_delete=models.PROTECT, related_name="parts")
    cause = models.CharField(max_length=200)
    amount = models.BigIntegerField()
    taken_at = models.DateTimeField()
    available_at = models.DateTimeField(null=True, blank=True)
    release_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["reserve", "cause"], name="payouts_part_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payouts_part_positive"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["organization", "release_at"],
                condition=Q(released_at=None),
                name="payouts_part_kept",
            )
        ]

    def __str__(self) -> str:
        return f"{self.amount} of {self.cause}"


class Hold(Record):
    """
    An amount of an organization's balance that is not paid out: why, by whom, until when.

    Without `release_at` it is held until staff release it. Minor units of `currency`.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="holds")
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=500)
    placed_by = models.CharField(max_length=320)
    release_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.CharField(max_length=320, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payouts_hold_positive"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "-created_at"], name="payouts_hold_latest"),
            models.Index(
                fields=["release_at"],
                condition=Q(released_at=None, release_at__isnull=False),
                name="payouts_hold_due",
            ),
        ]

    def __str__(self) -> str:
        return f"Hold {str(self.pk)[-8:]}"
