"""Every mail, before and after it is sent."""

from typing import ClassVar

from django.db import models

from apps.core.models import Record
from apps.organizations.models import Organization
from apps.organizations.querysets import TenantQuerySet


class Mail(Record):
    """One e-mail to one recipient: written in the transaction of its cause, sent once."""

    class Status(models.TextChoices):
        """See `apps.notifications.states`."""

        QUEUED = "queued"
        SENT = "sent"
        FAILED = "failed"
        # The organization has switched this kind off.
        SUPPRESSED = "suppressed"

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="mails")
    # The name of the template, such as `subscription_past_due`.
    kind = models.CharField(max_length=80)
    # A plain id: customers live above.
    customer_id = models.UUIDField(null=True, blank=True, db_index=True)
    # What it is about, for the timeline of that object.
    subject_type = models.CharField(max_length=40, blank=True)
    subject_id = models.CharField(max_length=64, blank=True)
    recipient = models.EmailField(max_length=320)
    locale = models.CharField(max_length=16, blank=True)
    subject = models.CharField(max_length=300)
    text = models.TextField()
    html = models.TextField()
    status = models.CharField(max_length=16, choices=Status, default=Status.QUEUED)
    attempt_count = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    # The same occasion never mails twice.
    dedupe_key = models.CharField(max_length=200, unique=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~models.Q(status="sent") | models.Q(sent_at__isnull=False),
                name="notifications_mail_sent_at",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "-created_at"], name="notifications_latest"),
            models.Index(fields=["subject_type", "subject_id"], name="notifications_of_subject"),
            models.Index(
                fields=["created_at"],
                condition=models.Q(status="queued"),
                name="notifications_queued",
            ),
        ]

    def __str__(self) -> str:
        return self.subject
