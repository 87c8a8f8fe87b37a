"""What is written and read at a merchant's page: notes and reviews."""

from __future__ import annotations

from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from apps.core.errors import DomainError
from apps.core.staff import columns, roles, show
from apps.core.staff.dialogs import refusals_of, staff_origin
from apps.core.staff.panels import Panel, panel, table
from apps.organizations.models import Organization, OrganizationNote, OrganizationReview
from apps.organizations.operations import add_organization_note
from apps.organizations.policies import POLICY_SECTIONS

NOTES: Final = "backoffice/notes.html"
MOST_NOTES: Final = 200
VERDICT_TONES: Final = {"pass": "good", "fail": "bad", "open": "warn"}
APPEAL_TONES: Final = {"approved": "good", "rejected": "bad", "pending": "warn"}


class NotesDesk:
    """The address at which notes are written."""

    admin_site: Any

    def get_urls(self) -> list[Any]:
        """That of the notes before those of the record."""
        view = self.admin_site.admin_view(require_POST(self.notes_view))
        own = path("<uuid:object_id>/notes/", view, name="organizations_organization_notes")
        return [own, *super().get_urls()]  # type: ignore[misc]

    def notes_view(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        """Write a note; support and above."""
        here: Any = self
        if not here.may(request, roles.SUPPORT):
            raise PermissionDenied
        organization = here.found(request, str(object_id))
        text = request.POST.get("text", "")
        errors: tuple[str, ...] = ()
        try:
            add_organization_note(
                organization_id=organization.pk,
                text=text,
                origin=staff_origin(request, "", organization),
            )
            text = ""
        except DomainError as error:
            errors = tuple(refusals_of(error))
        return render(request, NOTES, {"body": notes_desk(organization, request, text, errors)})


@panel("organizations.organization", position=12)
def notes_of_organization(organization: Any, request: HttpRequest) -> Panel:
    """What people wrote down."""
    return Panel(title="Notes", template=NOTES, body=notes_desk(organization, request, "", ()))


@panel("organizations.organization", position=14)
def reviews_of_organization(organization: Any, request: HttpRequest) -> Panel:
    """Every look at the merchant, latest first."""
    return table(
        "Reviews",
        OrganizationReview.objects.filter(organization=organization).order_by("-created_at", "-pk"),
        (
            columns.when("created_at", "Opened"),
            columns.column(lambda one: one.get_trigger_display(), "Because of"),
            columns.column(_verdict, "Verdict", kind="status"),
            columns.when("decided_at", "Decided"),
            columns.text("decided_by", "By"),
            columns.column(_section, "Policy"),
            columns.text("reason"),
            columns.column(_appeal, "Appeal", kind="status"),
            columns.text("appeal_reason", "Merchant's words"),
        ),
        empty="Never reviewed.",
    )


def notes_desk(
    organization: Organization, request: HttpRequest, draft: str, errors: tuple[str, ...]
) -> dict[str, Any]:
    """The notes, latest first, and the form for another one."""
    rows = OrganizationNote.objects.filter(organization=organization).select_related("author")
    return {
        "notes": list(rows.order_by("-created_at", "-pk")[:MOST_NOTES]),
        "can_write": roles.reaches(request.user, roles.SUPPORT),
        "url": reverse("admin:organizations_organization_notes", args=[organization.pk]),
        "draft": draft,
        "errors": errors,
    }


def _verdict(review: OrganizationReview) -> Any:
    word = review.verdict or "open"
    return show.badge(word, VERDICT_TONES.get(word, ""))


def _appeal(review: OrganizationReview) -> Any:
    if review.appeal_submitted_at is None:
        return show.blank()
    word = review.appeal_decision or "pending"
    return show.badge(word, APPEAL_TONES[word])


def _section(review: OrganizationReview) -> Any:
    return POLICY_SECTIONS.get(review.policy_section, "") or show.blank()
