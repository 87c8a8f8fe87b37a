"""What was decided about a merchant, and what staff wrote down."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.core.ids import new_id
from apps.core.models import Record
from apps.organizations.models.organizations import Organization
from apps.organizations.querysets import TenantQuerySet


class OrganizationReview(Record):
    """
    One look at a merchant, from what caused it to what was decided, with its only appeal.

    Amounts in minor units of the settlement currency, as they were when it was opened.
    """

    class Trigger(models.TextChoices):
        """What caused it."""

        SUBMISSION = "submission"
        THRESHOLD = "threshold"
        SNOOZE_OVER = "snooze_over"
        RISK = "risk"
        STAFF = "staff"

    class Verdict(models.TextChoices):
        """What was decided; retired: the merchant starts again."""

        PASS = "pass"  # noqa: S105
        FAIL = "fail"
        RETIRED = "retired"

    class AppealDecision(models.TextChoices):
        """What was decided about the appeal."""

        APPROVED = "approved"
        REJECTED = "rejected"

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="reviews")
    trigger = models.CharField(max_length=16, choices=Trigger)
    threshold = models.BigIntegerField()
    total_balance = models.BigIntegerField()
    # Null while it is open.
    verdict = models.CharField(max_length=16, choices=Verdict, null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=200, blank=True)
    policy_section = models.CharField(max_length=40, blank=True)
    reason = models.TextField(blank=True)
    # The merchant's own words against a denial.
    appeal_reason = models.TextField(blank=True)
    appeal_submitted_at = models.DateTimeField(null=True, blank=True)
    appeal_decision = models.CharField(max_length=16, choices=AppealDecision, null=True, blank=True)
    appeal_decided_at = models.DateTimeField(null=True, blank=True)
    appeal_decided_by = models.CharField(max_length=200, blank=True)
    # What the merchant is told.
    appeal_reply = models.TextField(blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization"],
                condition=Q(verdict=None),
                name="organizations_review_one_open",
            ),
            models.CheckConstraint(
                condition=Q(verdict=None, decided_at=None)
                | Q(verdict__isnull=False, decided_at__isnull=False),
                name="organizations_review_decided",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["organization", "-created_at"], name="organizations_review_latest"
            ),
            models.Index(
                fields=["appeal_submitted_at"],
                condition=Q(appeal_submitted_at__isnull=False, appeal_decision=None),
                name="organizations_appeal_pending",
            ),
        ]

    def __str__(self) -> str:
        return f"Review of {self.organization} ({self.verdict or 'open'})"

    @property
    def is_open(self) -> bool:
        """Whether nothing was decided yet."""
        return self.verdict is None

    @property
    def has_pending_appeal(self) -> bool:
        """Whether the merchant waits for an answer."""
        return self.appeal_submitted_at is not None and self.appeal_decision is None


class OrganizationNote(models.Model):
    """What somebody of the staff wrote about a merchant; never changed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="notes")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="organization_notes"
    )
    text = models.TextField()
    created_at = models.DateTimeField(editable=False)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organization", "-created_at"], name="organizations_note_latest")
        ]

    def __str__(self) -> str:
        return f"Note on {self.organization}"
