"""What the desk of a dispute shows: dossier, files, notes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from apps.core.staff import roles
from apps.core.staff.panels import Panel, panel
from apps.disputes.dossier.fields import FILE_SLOTS, TEXT_FIELDS, TEXTS, TextField
from apps.disputes.models import Dispute, DisputeAttachment, DisputeNote, Dossier

MOST_NOTES = 200


@dataclass(frozen=True, slots=True)
class TextRow:
    """One text of the evidence; `draft` is what stands in its form."""

    field: TextField
    text: str
    url: str
    can_edit: bool
    is_edited: bool = False
    draft: str = ""
    errors: tuple[str, ...] = ()

    @property
    def length(self) -> int:
        """In characters, as it is limited."""
        return len(self.text)


def text_row(dispute: Dispute, dossier: Dossier, name: str, *, is_edited: bool) -> TextRow:
    """The row of one text."""
    text = dossier.texts.get(name, "")
    can_edit = not dispute.is_closed and not dossier.is_being_submitted
    url = reverse("admin:disputes_dispute_text", args=[dispute.pk, name])
    return TextRow(TEXTS[name], text, url, can_edit, is_edited and can_edit, text)


@panel("disputes.dispute", position=20, role=roles.SUPPORT)
def dossier_of_dispute(dispute: Any, request: HttpRequest) -> Panel:
    """What is sent to the bank."""
    dossiers = Dossier.objects.select_related("edited_by").filter(dispute=dispute)
    dossier = dossiers.first()
    if dossier is None:
        empty = "Nothing was gathered yet: “Gather again” does it now."
        return Panel(title="Dossier", empty=empty if not dispute.is_closed else "None was made.")
    versions = dossier.versions.select_related("edited_by").defer("texts", "sections")
    pdf_url = reverse("admin:disputes_dispute_dossier", args=[dispute.pk])
    body = {
        "dossier": dossier,
        "pdf_url": pdf_url,
        "rows": [text_row(dispute, dossier, one.name, is_edited=False) for one in TEXT_FIELDS],
        "sections": dossier.sections,
        "versions": list(versions.order_by("-number")[:20]),
    }
    return Panel(title="Dossier", template="disputes/dossier.html", body=body)


@panel("disputes.dispute", position=22, role=roles.SUPPORT)
def replies_of_dispute(dispute: Any, request: HttpRequest) -> Panel | None:
    """What the merchant says."""
    rows = list(dispute.replies.order_by("-created_at", "-pk")[:MOST_NOTES])
    if not rows and dispute.merchant_replied_at is None:
        return None
    body = {"replies": rows}
    return Panel(title="What the merchant says", template="disputes/replies.html", body=body)


@panel("disputes.dispute", position=25, role=roles.SUPPORT)
def files_of_dispute(dispute: Any, request: HttpRequest) -> Panel:
    """What was attached."""
    body = attachments_desk(dispute, request, ())
    return Panel(title="Attachments", template="disputes/attachments.html", body=body)


@panel("disputes.dispute", position=30)
def notes_of_dispute(dispute: Any, request: HttpRequest) -> Panel:
    """What people wrote down."""
    body = notes_desk(dispute, request, "", ())
    return Panel(title="Notes", template="backoffice/notes.html", body=body)


def attachments_desk(
    dispute: Dispute, request: HttpRequest, errors: tuple[str, ...]
) -> dict[str, Any]:
    """The attached files, and the form for another one."""
    rows = DisputeAttachment.objects.filter(dispute=dispute).defer("content")
    dossier = Dossier.objects.filter(dispute=dispute).first()
    sent_at = dossier.submitted_at if dossier else None
    is_still = dispute.is_closed or (dossier is not None and dossier.is_being_submitted)

    def address(name: str, file: DisputeAttachment) -> str:
        return reverse(f"admin:disputes_dispute_{name}", args=[dispute.pk, file.pk])

    return {
        "files": [
            {
                "file": one,
                "slot": FILE_SLOTS.get(one.slot, "in the document"),
                "url": address("file", one),
                "remove_url": address("remove", one),
                "is_sent": sent_at is not None and one.created_at <= sent_at,
            }
            for one in rows.select_related("added_by").order_by("created_at", "pk")
        ],
        "slots": FILE_SLOTS.items(),
        "can_edit": not is_still,
        "url": reverse("admin:disputes_dispute_files", args=[dispute.pk]),
        "errors": errors,
    }


def notes_desk(
    dispute: Dispute, request: HttpRequest, draft: str, errors: tuple[str, ...]
) -> dict[str, Any]:
    """The notes, latest first, and the form for another one."""
    rows = DisputeNote.objects.filter(dispute=dispute).select_related("author")
    return {
        "notes": list(rows.order_by("-created_at", "-pk")[:MOST_NOTES]),
        "can_write": roles.reaches(request.user, roles.SUPPORT),
        "url": reverse("admin:disputes_dispute_notes", args=[dispute.pk]),
        "draft": draft,
        "errors": errors,
    }
