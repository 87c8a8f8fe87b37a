"""The dialog of a verb that shows its plan before it is applied."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from unfold.dataclasses import ActionDialog

from apps.core.errors import DomainError
from apps.core.origin import Origin
from apps.core.plans import Plan, PlanChanged
from apps.core.staff.dialogs import ReasonForm, ask, refusals_of, replacing, staff_origin

Planner = Callable[[Any, dict[str, Any], Origin], Plan]
# Gets the cleaned data with `agreed`, the fingerprint of the plan that was shown.
Apply = Callable[[dict[str, Any], Origin], HttpResponse]

# What the dialog sends beside its form.
AGREED = "_agreed"
BACK = "_back"
ASK_FIRST = "Show what follows"


@dataclass(frozen=True, slots=True)
class PlannedDialog:
    """Ask, show the plan, apply it; what changed meanwhile is shown as a new plan."""

    dialog: ActionDialog
    planner: Planner
    is_danger: bool

    def answer(
        self, request: HttpRequest, object_id: str | None, record: Any, apply: Apply
    ) -> HttpResponse:
        """The step that the request asks for. Only a POST with the present plan applies it."""
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
        if not is_ready or agreed != plan.fingerprint or plan.obstacles:
            return self._show(request, filled, plan, agreed)
        try:
            return apply({**data, "agreed": agreed}, origin)
        except PlanChanged as changed:
            return self._show(request, filled, changed.plan, agreed)
        except DomainError as error:
            return self._refuse(request, filled, error)

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
        self, request: HttpRequest, filled: ReasonForm, plan: Plan, agreed: str
    ) -> HttpResponse:
        is_other = bool(agreed) and agreed != plan.fingerprint
        return self._render(request, filled, plan, is_other=is_other)

    def _render(
        self, request: HttpRequest, filled: ReasonForm, plan: Plan | None, **more: Any
    ) -> HttpResponse:
        context = {
            "dialog": self.dialog,
            "form": filled,
            "plan": plan,
            "can_apply": plan is not None and not plan.obstacles and not plan.is_empty,
            "can_go_back": bool(filled.asked),
            "variant": "danger" if self.is_danger else "primary",
            **more,
        }
        response = render(request, "backoffice/dialog_plan.html", context)
        return replacing(response) if request.method == "POST" else response
