"""Verbs: what staff may do to a record. Each is a confirmed, reasoned call of one operation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from unfold.dataclasses import ActionDialog
from unfold.decorators import action
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminTextareaWidget

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


@dataclass(frozen=True, slots=True)
class Reveal:
    """A secret shown in the dialog this once and kept nowhere."""

    title: str
    secret: str
    note: str = "Copy it now: it is not shown again."


def staff_origin(request: HttpRequest, reason: str, record: Any = None) -> Origin:
    """The origin of a staff member's act, on the test clock of the record's organization."""
    user: Any = request.user
    owner = record if hasattr(record, "clock_offset") else getattr(record, "organization", None)
    return build_origin(
        actor=Actor.STAFF,
        actor_id=str(user.pk),
        actor_label=user.email,
        door=Door.BACKOFFICE,
        clock_offset=getattr(owner, "clock_offset", timedelta()),
        reason=reason,
    )


def verb(
    *,
    title: str,
    role: str,
    text: str = "",
    submit: str = "",
    form: type[ReasonForm] = ReasonForm,
    icon: str | None = None,
    is_danger: bool = False,
    available: Callable[[Any], bool] | None = None,
) -> Callable[[Callable[..., str | Reveal]], Any]:
    """
    Make a method `(self, record, data, origin) -> message | Reveal` a dialog action.

    A GET only shows the dialog; the POST needs a reason; both need `role`, and are a 404 for a
    record that does not exist or is not `available`. On a list (`actions_list`) the record is
    None. A DomainError is shown in the dialog and nothing is changed.
    """
    dialog = ActionDialog(
        title=title, description=text, form_class=form, form_submit_text=submit or title
    )

    def decorate(method: Callable[..., str | Reveal]) -> Any:
        @wraps(method)
        def run(
            self: Any, request: HttpRequest, filled: ReasonForm, object_id: str | None = None
        ) -> HttpResponse:
            record = self.found(request, object_id)
            origin = staff_origin(request, filled.cleaned_data["reason"], record)
            try:
                outcome = method(self, record, filled.cleaned_data, origin)
            except DomainError as error:
                return _refuse(request, dialog, filled, error)
            if isinstance(outcome, Reveal):
                return _reveal(request, outcome)
            messages.success(request, outcome)
            return _return(request, self.address_after(record))

        dialog_of = action(
            description=title,
            permissions=[role],
            url_path=method.__name__.replace("_", "-"),
            icon=icon,
            attrs={"data-danger": "true"} if is_danger else None,
            dialog=dialog,
        )(run)

        @wraps(dialog_of)
        def made(self: Any, request: HttpRequest, object_id: str | None = None) -> HttpResponse:
            if self.may(request, role):
                record = self.found(request, object_id)
                if record is not None and available is not None and not available(record):
                    raise Http404
            given = {} if object_id is None else {"object_id": object_id}
            response: HttpResponse = dialog_of(self, request, **given)
            return response

        made.available = available  # type: ignore[attr-defined]
        return made

    return decorate


def _refuse(
    request: HttpRequest, dialog: ActionDialog, filled: ReasonForm, error: DomainError
) -> HttpResponse:
    problems = error.problems if isinstance(error, ValidationFailed) else []
    for message in [problem["msg"] for problem in problems] or [error.detail]:
        filled.add_error(None, message)
    return render(
        request,
        "unfold/helpers/dialog.html",
        {"dialog": dialog, "form": filled, "form_submit_text": dialog["form_submit_text"]},
    )


def _reveal(request: HttpRequest, outcome: Reveal) -> HttpResponse:
    response = render(request, "backoffice/dialog_secret.html", {"reveal": outcome})
    response["HX-Retarget"] = "#modal-content"
    response["HX-Reselect"] = "#dialog"
    response["HX-Reswap"] = "innerHTML"
    response["Cache-Control"] = "no-store"
    return response


def _return(request: HttpRequest, address: str) -> HttpResponse:
    """Back to the page that the dialog stood on; without HTMX to the record or its list."""
    htmx = getattr(request, "htmx", None)
    if htmx:
        return HttpResponse(headers={"HX-Redirect": htmx.current_url_abs_path or address})
    return HttpResponseRedirect(address)
