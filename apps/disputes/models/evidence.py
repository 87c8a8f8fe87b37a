"""What is gathered against a dispute: notes, files, and the dossier sent to the bank."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from apps.core.ids import new_id
from apps.core.models import Record
from apps.disputes.models.disputes import Dispute


class DisputeNote(models.Model):
    """What somebody wrote about a dispute; never changed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="notes")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="dispute_notes"
    )
    text = models.TextField()
    created_at = models.DateTimeField(editable=False)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["dispute", "-created_at"], name="disputes_note_latest")
        ]

    def __str__(self) -> str:
        return f"Note on {self.dispute}"


class DisputeReply(models.Model):
    """What the merchant has to say about a dispute; never changed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="replies")
    text = models.TextField()
    # Which of the merchant's files came along: [{"id", "name", "size" in bytes}]. Their content
    # is attached to the dispute.
    files = models.JSONField(default=list, blank=True)
    # The access token by which it came.
    said_by = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(editable=False)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["dispute", "-created_at"], name="disputes_reply_latest")
        ]

    def __str__(self) -> str:
        return f"Reply to {self.dispute}"


class DisputeAttachment(Record):
    """A file that speaks against a dispute; `slot` is the field of the evidence it goes into."""

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="attachments")
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    content = models.BinaryField()
    size = models.PositiveIntegerField()
    # SHA-256, in hexadecimal digits.
    checksum = models.CharField(max_length=64)
    slot = models.CharField(max_length=64, blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="dispute_attachments",
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["dispute", "checksum", "slot"], name="disputes_attachment_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Dossier(Record):
    """The evidence against one dispute, as it is written and as it was last submitted."""

    dispute = models.OneToOneField(Dispute, on_delete=models.PROTECT, related_name="dossier")
    # {text field of the processor's evidence: text}
    texts = models.JSONField(default=dict, blank=True)
    # What the document says besides, as it was gathered: see `apps.disputes.dossier.evidence`.
    sections = models.JSONField(default=list, blank=True)
    # The texts as they were last gathered: one that still says the same was not edited.
    gathered_texts = models.JSONField(default=dict, blank=True)
    # Stands on the document and in its file; null until it was gathered.
    gathered_at = models.DateTimeField(null=True, blank=True)
    # Counts every edit, so that nobody submits another text than they saw.
    version = models.PositiveIntegerField(default=1)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="edited_dossiers",
    )
    edited_at = models.DateTimeField(null=True, blank=True)
    # Written down before the processor is asked; set while its answer is not known.
    submit_asked_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_version = models.PositiveIntegerField(null=True, blank=True)
    # {file field of the processor's evidence: id of the file there}
    processor_file_ids = models.JSONField(default=dict, blank=True)
    pdf_checksum = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(submitted_at=None, submitted_version=None)
                | models.Q(submitted_at__isnull=False, submitted_version__isnull=False),
                name="disputes_dossier_submitted",
            )
        ]

    def __str__(self) -> str:
        return f"Dossier of {self.dispute}"

    @property
    def is_being_submitted(self) -> bool:
        """Whether the processor was asked and has not answered; nothing may be changed then."""
        return self.submit_asked_at is not None


class DossierVersion(models.Model):
    """The dossier as it stood after one edit; never changed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    texts = models.JSONField(default=dict)
    sections = models.JSONField(default=list)
    # What was done, and why.
    summary = models.CharField(max_length=600)
    # Nobody: the system gathered it.
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    created_at = models.DateTimeField(editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["dossier", "number"], name="disputes_dossierversion_once"
            )
        ]

    def __str__(self) -> str:
        return f"Version {self.number}"
