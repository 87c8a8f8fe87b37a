"""Limits of one person, and the plans that wait for a second one."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from apps.core.ids import new_id
from apps.core.models import Record


class Limit(Record):
    """
    What staff of a role may do alone in a currency, in its minor units.

    A role without any limit is not limited. One that has some needs a second person for every
    currency that it has none for.
    """

    class Role(models.TextChoices):
        """The roles that move money."""

        SUPPORT = "support"
        FINANCE = "finance"
        ADMIN = "admin"

    role = models.CharField(max_length=16, choices=Role)
    currency = models.CharField(max_length=3)
    # Up to this, alone.
    amount = models.BigIntegerField()
    # Up to this, as the second person; null for any amount.
    approval_amount = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["role", "currency"], name="approvals_limit_once"),
            models.CheckConstraint(
                condition=Q(amount__gte=0)
                & (Q(approval_amount__isnull=True) | Q(approval_amount__gte=0)),
                name="approvals_limit_amounts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} in {self.currency.upper()}"


class AloneAct(models.Model):
    """
    What somebody with a limit did alone: so that parts of it add up.

    `amount` is the largest sum in minor units of `currency` that it moved of the subject.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="alone_acts"
    )
    verb = models.CharField(max_length=120)
    subject_label = models.CharField(max_length=80, blank=True)
    subject_id = models.CharField(max_length=64, blank=True)
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="approvals_aloneact_amount")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["user", "subject_label", "subject_id", "at"], name="approvals_alone_latest"
            )
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency} of {self.subject_label} {self.subject_id}"


class Approval(Record):
    """
    A plan that somebody agreed to and that a second person has to agree to as well.

    `verb` is the key of what is to be done, `record_id` what it is done to (empty for a verb of a
    list), `form` what was filled in, `fingerprint` that of `plan`. The subject is what it is about,
    `amount` the largest sum in minor units of `currency` that it moves.
    """

    class Status(models.TextChoices):
        """See `apps.approvals.states`."""

        WAITING = "waiting"
        APPLIED = "applied"
        DECLINED = "declined"
        WITHDRAWN = "withdrawn"
        # What was agreed to is not what would happen any more.
        STALE = "stale"
        EXPIRED = "expired"

    # A plain id: organizations live above.
    organization_id = models.UUIDField(null=True, blank=True, db_index=True)
    status = models.CharField(max_length=16, choices=Status, default=Status.WAITING)
    verb = models.CharField(max_length=120)
    title = models.CharField(max_length=200)
    record_id = models.CharField(max_length=64, blank=True)
    subject_label = models.CharField(max_length=80, blank=True)
    subject_id = models.CharField(max_length=64, blank=True)
    subject_name = models.CharField(max_length=200, blank=True)
    role = models.CharField(max_length=16, choices=Limit.Role)
    form = models.JSONField(default=dict)
    plan = models.JSONField()
    fingerprint = models.CharField(max_length=64)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="approvals_requested"
    )
    reason = models.TextField()
    # Why one person was not enough.
    limit_reason = models.CharField(max_length=300)
    expires_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="approvals_decided",
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reason = models.TextField(blank=True)
    # What the verb answered, or why it could not be done any more.
    outcome = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("requested_by")),
                name="approvals_approval_two_persons",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=("applied", "declined"))
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="approvals_approval_decided",
            ),
            models.CheckConstraint(
                condition=~Q(status="waiting")
                | Q(decided_by__isnull=True, decided_at__isnull=True),
                name="approvals_approval_open",
            ),
            models.UniqueConstraint(
                fields=["verb", "record_id", "fingerprint"],
                condition=Q(status="waiting"),
                name="approvals_approval_asked_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-created_at"], name="approvals_latest"),
            models.Index(
                fields=["expires_at"], condition=Q(status="waiting"), name="approvals_waiting"
            ),
            models.Index(fields=["subject_label", "subject_id"], name="approvals_of_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.title} …{str(self.pk)[-6:]}"
