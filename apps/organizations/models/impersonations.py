"""Staff who look at a merchant as one of its people does."""

from datetime import datetime
from typing import ClassVar

from django.db import models

from apps.accounts.models import User
from apps.core.models import Record
from apps.organizations.models.organizations import Membership, Organization
from apps.organizations.querysets import TenantQuerySet


class Impersonation(Record):
    """
    A staff member who reads one organization with the eyes of a member, for a while.

    Its times are the machine's, not those of a test clock. What was looked at is kept as events.
    """

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="impersonations"
    )
    staff = models.ForeignKey(User, on_delete=models.PROTECT, related_name="impersonations")
    member = models.ForeignKey(User, on_delete=models.PROTECT, related_name="impersonated")
    # The member's role when it began: it decides what can be seen.
    role = models.CharField(max_length=16, choices=Membership.Role)
    reason = models.TextField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=320, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["staff"],
                condition=models.Q(ended_at=None),
                name="organizations_impersonation_one",
            ),
            models.CheckConstraint(
                condition=~models.Q(staff=models.F("member")),
                name="organizations_impersonation_other",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff} as {self.member}"

    def is_running(self, at: datetime) -> bool:
        """Whether it was neither ended nor has run out at the machine's time `at`."""
        return self.ended_at is None and at < self.expires_at
