"""
The dialog of a verb that shows its plan before it is applied.

What is above the limit of one person is not applied but kept for a second one, see
`apps.core.staff.consent`; `find_verb` and `PlannedVerb` are how that one has it done later.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.apps import apps
from django.contrib import admin, messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from unfold.dataclasses import ActionDialog

from apps.core.errors import DomainError
from apps.core.origin import Origin
from apps.core.plans import Plan, PlanChanged, when_agreed
from apps.core.staff import roles
from apps.core.staff.consent import Proposal, gate
from apps.core.staff.dialogs import (
    ReasonForm,
    Reveal,
    ask,
    lead_to,
    refusals_of,
    replacing,
    staff_origin,
)

Planner = Callable[[Any, dict[str, Any], Origin], Plan]
# Gets the cleaned data with `agreed`, the fingerprint of the plan that was shown.
Apply = Callable[[dict[str, Any], Origin], HttpResponse]

# What the dialog sends beside its form.
AGREED = "_agreed"
BACK = "_back"
ASK_FIRST = "Show what follows"
ASK_SECOND = "Ask for approval"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedVerb:
    """A verb with a plan, wherever it is shown; `proposer` may only ask for it."""

    name: str
    dialog: ActionDialog
    planner: Planner
    method: Callable[..., str | Reveal]
    role: str
    proposer: str
    available: Callable[[Any], bool] | None
    is_danger: bool
    is_gated: bool

    def key(self, owner: Any) -> str:
        """Its name among all verbs of all records."""
        return f"{owner.opts.app_label}.{owner.opts.model_name}.{self.name}"

    def refilled(
        self, form: Mapping[str, Sequence[str]], user: Any, object_id: str | None
    ) -> ReasonForm:
        """The form as somebody filled it in before, cleaned anew."""
        request = HttpRequest()
        request.method, request.user = "POST", user
        data = QueryDict(mutable=True)
        for name, values in form.items():
            data.setlist(name, list(values))
        form_class: Any = self.dialog["form_class"]
        filled: ReasonForm = form_class(data=data, request=request, object_id=object_id)
        return filled

    def answer(
        self, request: HttpRequest, object_id: str | None, owner: Any, apply: Apply
    ) -> HttpResponse:
        """The step that the request asks for. Only a POST with the present plan applies it."""
        record = owner.found(request, object_id)
        form_class: Any = self.dialog["form_class"]
        filled = form_class(data=request.POST or None, request=request, object_id=object_id)
        if filled.asked and (not filled.is_valid() or BACK in request.POST):
            return self._ask(request, filled)
        is_ready = filled.is_valid()
        data = filled.cleaned_data if is_ready else {}
        origin = staff_origin(request, data.get("reason", ""), record)
        try:
            plan = self.planner(record, data, origin)
        except DomainError as error:
            return self._refuse(request, filled, error)
        agreed = request.POST.get(AGREED, "")
        proposal = self._proposal(request, owner, record, filled, plan, origin)
        needs = gate().reason(proposal) if proposal is not None else ""
        # Below the role there is nothing to do but to propose.
        is_idle = proposal is None and not roles.reaches(request.user, self.role)
        if not is_ready or agreed != plan.fingerprint or plan.obstacles or is_idle:
            return self._show(request, filled, plan, agreed, needs)
        try:
            if proposal is None:
                return apply({**data, "agreed": agreed}, origin)
            if needs:
                return self._keep(request, proposal, data["reason"])
            with when_agreed(partial(gate().let_pass, proposal)):
                return apply({**data, "agreed": agreed}, origin)
        except PlanChanged as changed:
            return self._show(request, filled, changed.plan, agreed, needs)
        except DomainError as error:
            return self._refuse(request, filled, error)

    def _proposal(
        self,
        request: HttpRequest,
        owner: Any,
        record: Any,
        filled: ReasonForm,
        plan: Plan,
        origin: Origin,
    ) -> Proposal | None:
        if not self.is_gated or plan.is_empty or plan.obstacles:
            return None
        data = filled.cleaned_data if filled.is_valid() else {}
        about = record or next((one for one in data.values() if isinstance(one, Model)), None)
        return Proposal(
            user=request.user,
            verb=self.key(owner),
            title=str(self.dialog["title"]),
            role=self.role,
            record=record,
            subject=about,
            form={
                filled.add_prefix(name): request.POST.getlist(filled.add_prefix(name))
                for name in filled.fields
                if filled.add_prefix(name) in request.POST
            },
            plan=plan,
            at=origin.at,
        )

    def _keep(self, request: HttpRequest, proposal: Proposal, reason: str) -> HttpResponse:
        origin = staff_origin(request, reason, proposal.subject)
        address = gate().keep(proposal, origin)
        messages.warning(request, f"{proposal.plan.title}: it waits for a second person.")
        return lead_to(request, address)

    def _ask(self, request: HttpRequest, filled: ReasonForm) -> HttpResponse:
        response = ask(request, self.dialog, filled, ASK_FIRST)
        return replacing(response) if request.method == "POST" else response

    def _refuse(self, request: HttpRequest, filled: ReasonForm, error: DomainError) -> HttpResponse:
        if not filled.asked:
            return self._render(request, filled, None, refusals=refusals_of(error))
        for message in refusals_of(error):
            filled.add_error(None, message)
        return self._ask(request, filled)

    def _show(
        self, request: HttpRequest, filled: ReasonForm, plan: Plan, agreed: str, needs: str
    ) -> HttpResponse:
        is_other = bool(agreed) and agreed != plan.fingerprint
        return self._render(request, filled, plan, is_other=is_other, needs=needs)

    def _render(
        self, request: HttpRequest, filled: ReasonForm, plan: Plan | None, **more: Any
    ) -> HttpResponse:
        context = {
            "dialog": self.dialog,
            "submit_text": ASK_SECOND if more.get("needs") else self.dialog["form_submit_text"],
            "form": filled,
            "plan": plan,
            "can_apply": plan is not None and not plan.obstacles and not plan.is_empty,
            "can_go_back": bool(filled.asked),
            "variant": "danger" if self.is_danger else "primary",
            **more,
        }
        response = render(request, "backoffice/dialog_plan.html", context)
        return replacing(response) if request.method == "POST" else response


def find_verb(key: str) -> tuple[Any, PlannedVerb]:
    """
    The admin that shows a verb, and the verb.

    :raises LookupError: if there is none of this key by now.
    """
    label, _, name = key.rpartition(".")
    owner = admin.site._registry.get(apps.get_model(label))
    planned = getattr(getattr(owner, name, None), "planned", None)
    if owner is None or planned is None:
        raise LookupError(f"There is no verb {key} with a plan.")
    return owner, planned
