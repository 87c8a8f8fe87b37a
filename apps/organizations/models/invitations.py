"""People who were asked to join a merchant and have not answered yet."""

from datetime import datetime
from typing import ClassVar

from django.db import models

from apps.core.models import Record
from apps.organizations.models.organizations import Membership, Organization
from apps.organizations.querysets import TenantQuerySet


class Invitation(Record):
    """
    An address that may join an organization in a role, by the link that was mailed to it.

    `number` counts the mails: only the link of the last one opens anything. Times are those of the
    machine.
    """

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="invitations"
    )
    email = models.EmailField(max_length=320)
    role = models.CharField(max_length=16, choices=Membership.Role)
    invited_by = models.CharField(max_length=320, blank=True)
    number = models.PositiveIntegerField(default=1)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "email"],
                condition=models.Q(accepted_at=None, withdrawn_at=None),
                name="organizations_invitation_one_open",
            ),
            models.CheckConstraint(
                condition=~models.Q(role="owner"), name="organizations_invitation_no_owner"
            ),
            models.CheckConstraint(
                condition=models.Q(accepted_at=None) | models.Q(withdrawn_at=None),
                name="organizations_invitation_one_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} ({self.get_role_display().lower()})"

    @property
    def is_open(self) -> bool:
        """Whether it was neither accepted nor withdrawn; it may have run out."""
        return self.accepted_at is None and self.withdrawn_at is None

    def holds(self, at: datetime) -> bool:
        """Whether it can be accepted at the machine's time `at`."""
        return self.is_open and at < self.expires_at
