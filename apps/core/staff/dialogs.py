"""The dialogs of verbs: what they ask, how a refusal and a secret are shown, where they lead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from unfold.dataclasses import ActionDialog
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminTextareaWidget

from apps.core.clock import clock_offset_of
from apps.core.errors import DomainError, ValidationFailed
from apps.core.origin import Actor, Door, Origin, build_origin


class ReasonForm(BaseDialogForm):  # type: ignore[misc]
    """What every verb asks: why. A refusal of the domain is shown above the fields."""

    form_before_template = "backoffice/dialog_refusal.html"

    reason = forms.CharField(
        label="Reason",
        min_length=3,
        max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text="Kept with the event.",
    )

    def get_before_template_context(
        self, request: HttpRequest, object_id: Any = None
    ) -> dict[str, Any]:
        """What the refusal needs."""
        return {"form": self}

    @property
    def asked(self) -> list[str]:
        """The fields beside the reason."""
        return [name for name in self.fields if name not in ("reason", "_form_submitted")]


@dataclass(frozen=True, slots=True)
class Reveal:
    """A secret shown in the dialog this once and kept nowhere."""

    title: str
    secret: str
    note: str = "Copy it now: it is not shown again."


class Caution(str):
    """What a verb says of itself where not all of it went well."""

    __slots__ = ()


class Lead(str):
    """What a verb says of itself where it leads to another page than the one it was done on."""

    address: str

    def __new__(cls, text: str, address: str) -> Lead:
        """The words, and where to go."""
        made = super().__new__(cls, text)
        made.address = address
        return made


def staff_origin(request: HttpRequest, reason: str, record: Any = None) -> Origin:
    """The origin of a staff member's act, on the test clock of the record's organization."""
    user: Any = request.user
    return build_origin(
        actor=Actor.STAFF,
        actor_id=str(user.pk),
        actor_label=user.email,
        door=Door.BACKOFFICE,
        clock_offset=clock_offset_of(record),
        reason=reason,
    )


def refusals_of(error: DomainError) -> list[str]:
    """What a refusal says, line by line."""
    problems = error.problems if isinstance(error, ValidationFailed) else []
    return [problem["msg"] for problem in problems] or [error.detail]


def refuse(
    request: HttpRequest, dialog: ActionDialog, filled: ReasonForm, error: DomainError
) -> HttpResponse:
    """The dialog as it was filled in, with what the domain said to it."""
    for message in refusals_of(error):
        filled.add_error(None, message)
    return ask(request, dialog, filled, dialog["form_submit_text"])


def ask(
    request: HttpRequest, dialog: ActionDialog, filled: ReasonForm, submit: str | None
) -> HttpResponse:
    """The dialog with its form."""
    context = {"dialog": dialog, "form": filled, "form_submit_text": submit}
    return render(request, "unfold/helpers/dialog.html", context)


def reveal(request: HttpRequest, outcome: Reveal) -> HttpResponse:
    """The secret in place of the dialog."""
    response = replacing(render(request, "backoffice/dialog_secret.html", {"reveal": outcome}))
    response["Cache-Control"] = "no-store"
    return response


def replacing(response: HttpResponse) -> HttpResponse:
    """An answer that takes the place of the whole dialog, not of its form alone."""
    response["HX-Retarget"] = "#modal-content"
    response["HX-Reselect"] = "#dialog"
    response["HX-Reswap"] = "innerHTML"
    return response


def lead_back(request: HttpRequest, address: str, *, is_end: bool = False) -> HttpResponse:
    """
    Back to the page that the dialog stood on; to `address` if that page ended, or without HTMX.
    """
    htmx = getattr(request, "htmx", None)
    here = htmx.current_url_abs_path if htmx and not is_end else None
    return lead_to(request, here or address)


def is_page(request: HttpRequest) -> bool:
    """Whether a browser would show the answer as a page of its own, as in a new tab."""
    return request.method == "GET" and request.headers.get("Sec-Fetch-Dest") == "document"


def lead_to(request: HttpRequest, address: str) -> HttpResponse:
    """To another page, whoever asks for it."""
    if getattr(request, "htmx", None):
        return HttpResponse(headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)
