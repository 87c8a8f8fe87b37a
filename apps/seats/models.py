"""The seats of what a customer bought, and who has them."""

from typing import ClassVar

from django.db import models

from apps.core.models import Record
from apps.customers.models import Customer, Member
from apps.organizations.models import Organization
from apps.organizations.querysets import TenantQuerySet


class CustomerSeat(Record):
    """
    One seat of one subscription or one-time order, for one member of the customer who bought it.

    A seat that was never given away has no row: how many there are says the purchase. A revoked
    one knows nobody any more, and its row takes the next person.
    """

    class Status(models.TextChoices):
        """Whether the person has accepted it."""

        PENDING = "pending"
        CLAIMED = "claimed"
        REVOKED = "revoked"

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    # Who bought it.
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="seats")
    # Plain ids: what has seats lives above. Exactly one of them.
    subscription_id = models.UUIDField(null=True, blank=True)
    order_id = models.UUIDField(null=True, blank=True)
    status = models.CharField(max_length=16, choices=Status, default=Status.PENDING)
    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="seats"
    )
    # Only the keyed hash of the token is stored; the plaintext stands in the mail. It is kept once
    # the seat is claimed, so that whoever follows the link again learns that it was.
    invitation_hash = models.CharField(
        max_length=64, null=True, blank=True, unique=True, editable=False
    )
    invitation_expires_at = models.DateTimeField(null=True, blank=True)
    invitation_count = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    metadata = models.JSONField(default=dict, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = "seat"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(subscription_id=None, order_id__isnull=False)
                | models.Q(subscription_id__isnull=False, order_id=None),
                name="seats_seat_one_container",
            ),
            models.CheckConstraint(
                condition=models.Q(status="pending", claimed_at=None, revoked_at=None)
                | models.Q(status="claimed", claimed_at__isnull=False, revoked_at=None)
                | models.Q(status="revoked", revoked_at__isnull=False, invitation_hash=None),
                name="seats_seat_status",
            ),
            models.CheckConstraint(
                condition=models.Q(status="revoked", member=None)
                | (~models.Q(status="revoked") & models.Q(member__isnull=False)),
                name="seats_seat_somebody",
            ),
            models.UniqueConstraint(
                fields=["subscription_id", "member"], name="seats_seat_once_in_subscription"
            ),
            models.UniqueConstraint(fields=["order_id", "member"], name="seats_seat_once_in_order"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "-created_at", "-id"], name="seats_latest"),
            models.Index(
                fields=["subscription_id", "status"],
                condition=models.Q(subscription_id__isnull=False),
                name="seats_of_subscription",
            ),
            models.Index(
                fields=["order_id", "status"],
                condition=models.Q(order_id__isnull=False),
                name="seats_of_order",
            ),
        ]

    def __str__(self) -> str:
        return str(self.member) if self.member_id else "Free seat"

    @property
    def is_taken(self) -> bool:
        """Whether somebody has it, invited or seated."""
        return self.status != self.Status.REVOKED
