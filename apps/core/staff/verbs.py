"""
Verbs: what staff may do to a record. Each is a confirmed, reasoned call of one operation.

A verb that moves money or ends something shows its plan first (`apps.core.plans`):

    @verb(
        title="Block",
        role=roles.ADMIN,
        is_danger=True,
        plan=lambda widget, data, origin: plan_block_widget(widget_id=widget.pk, origin=origin),
    )
    def block(self, widget: Widget, data: dict[str, Any], origin: Origin) -> str:
        block_widget(widget_id=widget.pk, agreed=data["agreed"], origin=origin)
        return f"{widget} is blocked."

With nothing to ask but the reason, the dialog opens with the plan. A `form` that asks for more is
filled in first; its cleaned data reaches the planner and the method. An operation that finds
another plan under its locks (`Plan.require`) has the new one shown instead.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from unfold.dataclasses import ActionDialog
from unfold.decorators import action

from apps.core.errors import DomainError
from apps.core.origin import Origin
from apps.core.staff import roles
from apps.core.staff.dialogs import (
    Caution,
    Lead,
    ReasonForm,
    Reveal,
    is_page,
    lead_back,
    lead_to,
    refuse,
    reveal,
    staff_origin,
)
from apps.core.staff.plans import PlannedVerb, Planner
from apps.core.staff.presence import guard

__all__ = ["Caution", "Lead", "ReasonForm", "Reveal", "staff_origin", "verb"]

Method = Callable[..., str | Reveal]


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
    plan: Planner | None = None,
    proposer: str = "",
    is_gated: bool = True,
    is_end: bool = False,
) -> Callable[[Method], Any]:
    """
    Make a method `(self, record, data, origin) -> message | Reveal` a dialog action.

    A GET only shows the dialog; the POST needs a reason; both need `role`, and are a 404 for a
    record that does not exist or is not `available`. On a list (`actions_list`) the record is
    None. A DomainError is shown in the dialog and nothing is changed.

    With a `plan` the method is called only for a POST that agrees to the plan as it is then;
    `data["agreed"]` is its fingerprint, for the operation to check again under its locks.
    Where it moves more money than one person may, the plan waits for a second one instead
    (`apps.core.staff.consent`), unless the verb is not `is_gated`. Who has only the role of
    `proposer` may ask for it as well, and then waits for somebody with `role`. What was filled in
    is cleaned again when it is agreed to, so a form of such a verb takes no files.
    A verb that `is_end` leaves no page to come back to, but leads to `address_after`.
    With a plan, `is_danger` or a role of finance and above it first has the person prove anew who
    they are, where they last did so too long ago (`apps.core.staff.presence`).
    """
    dialog = ActionDialog(
        title=title, description=text, form_class=form, form_submit_text=submit or title
    )
    least = proposer or role
    asks_anew = is_danger or plan is not None or role in (roles.FINANCE, roles.ADMIN)

    def decorate(method: Method) -> Any:
        planned = plan and PlannedVerb(
            name=method.__name__,
            dialog=dialog,
            planner=plan,
            method=method,
            role=role,
            proposer=least,
            available=available,
            is_danger=is_danger,
            is_gated=is_gated,
        )

        def apply(
            admin: Any, request: HttpRequest, record: Any, data: dict[str, Any], origin: Origin
        ) -> HttpResponse:
            outcome = method(admin, record, data, origin)
            if isinstance(outcome, Reveal):
                return reveal(request, outcome)
            tell = messages.warning if isinstance(outcome, Caution) else messages.success
            tell(request, outcome)
            if isinstance(outcome, Lead):
                return lead_to(request, outcome.address)
            return lead_back(request, admin.address_after(record), is_end=is_end)

        @wraps(method)
        def run(
            self: Any, request: HttpRequest, filled: ReasonForm, object_id: str | None = None
        ) -> HttpResponse:
            record = self.found(request, object_id)
            origin = staff_origin(request, filled.cleaned_data["reason"], record)
            try:
                return apply(self, request, record, filled.cleaned_data, origin)
            except DomainError as error:
                return refuse(request, dialog, filled, error)

        dialog_of = action(
            description=title,
            permissions=[least],
            url_path=method.__name__.replace("_", "-"),
            icon=icon,
            attrs={"data-danger": "true"} if is_danger else None,
            dialog=dialog,
        )(run)

        @wraps(dialog_of)
        def made(self: Any, request: HttpRequest, object_id: str | None = None) -> HttpResponse:
            if self.may(request, least):
                record = self.found(request, object_id)
                if record is not None and available is not None and not available(record):
                    raise Http404
                if is_page(request):
                    return lead_to(request, self.address_after(record))
                if asks_anew:
                    challenge = guard().challenge(request, dialog)
                    if challenge is not None:
                        return challenge
                if planned is not None:
                    return planned.answer(
                        request,
                        object_id,
                        self,
                        lambda data, origin: apply(self, request, record, data, origin),
                    )
            # Below the role this is a 403.
            given = {} if object_id is None else {"object_id": object_id}
            response: HttpResponse = dialog_of(self, request, **given)
            return response

        made.available = available  # type: ignore[attr-defined]
        made.planned = planned  # type: ignore[attr-defined]
        made.asks_anew = asks_anew  # type: ignore[attr-defined]
        return made

    return decorate
