"""The inbox of plans that wait for a second person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar
from uuid import UUID

from django.apps import apps
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from apps.approvals.carrying import carry_out, replan
from apps.approvals.errors import ApprovalStale
from apps.approvals.models import Approval
from apps.approvals.operations import approve_plan, decline_approval, withdraw_approval
from apps.approvals.selectors import may_decide, subject_of
from apps.core.clock import clock_offset_of
from apps.core.errors import DomainError
from apps.core.origin import Origin
from apps.core.plans import Change, Plan
from apps.core.staff import columns, roles, show
from apps.core.staff.dialogs import staff_origin
from apps.core.staff.panels import Panel, panel
from apps.core.staff.records import RecordAdmin
from apps.core.staff.verbs import Caution, verb

TONES = {
    "waiting": "busy",
    "applied": "good",
    "declined": "bad",
    "withdrawn": "plain",
    "stale": "warn",
    "expired": "plain",
}


class Box(admin.SimpleListFilter):
    """What waits for others, what one has asked for, what is decided."""

    title = "box"
    parameter_name = "box"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The tabs beside what waits."""
        return [("mine", "Asked by me"), ("decided", "Decided"), ("all", "All")]

    def choices(self, changelist: Any) -> Iterator[Any]:
        """Without a choice it is what waits."""
        for choice in super().choices(changelist):
            is_first = choice["query_string"] == changelist.get_query_string(
                remove=[self.parameter_name]
            )
            yield {**choice, "display": "Waiting"} if is_first else choice

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows of a tab."""
        match self.value():
            case "mine":
                return queryset.filter(requested_by=request.user)
            case "decided":
                return queryset.exclude(status=Approval.Status.WAITING)
            case "all":
                return queryset
            case _:
                return queryset.filter(status=Approval.Status.WAITING)


def _subject(approval: Approval) -> SafeString:
    if not approval.subject_label:
        return show.blank()
    app, _, model = approval.subject_label.partition(".")
    return show.link_to(app, model, approval.subject_id, approval.subject_name)


def _organization(approval: Approval) -> SafeString:
    if approval.organization_id is None:
        return show.blank()
    key = approval.organization_id
    # They live above; what they are called is only shown.
    found = apps.get_model("organizations.organization")._default_manager.filter(pk=key)
    name = found.values_list("name", flat=True).first()
    return show.link_to("organizations", "organization", key, name or f"…{str(key)[-8:]}")


def _waits(approval: Approval) -> bool:
    return approval.status == Approval.Status.WAITING


def _there(approval: Approval, origin: Origin) -> Origin:
    """On the test clock of what it is about, by which it runs out."""
    return origin.on_clock(clock_offset_of(subject_of(approval)))


def _plan_now(approval: Approval, data: dict[str, Any], origin: Origin) -> Plan:
    """What agreeing would do: what was asked for, or only close it."""
    try:
        plan = replan(approval, origin)
    except DomainError as error:
        return _closing(approval, error.detail)
    if plan.obstacles or plan.fingerprint != approval.fingerprint:
        return _closing(approval, " ".join((ApprovalStale.message, *plan.obstacles)))
    return plan


def _closing(approval: Approval, why: str) -> Plan:
    return Plan(
        title=f"{approval.title}: not any more",
        changes=(Change("Approval", approval.status, Approval.Status.STALE),),
        warnings=(why,),
        effects=("Nothing else is done: it has to be asked for anew.",),
        events=("approval.stale",),
    )


@admin.register(Approval)
class ApprovalAdmin(RecordAdmin):
    """Plans above what one person may do alone."""

    icon = "how_to_reg"
    tabs = "box"
    view_role = roles.SUPPORT
    actions_detail = ("approve", "decline", "withdraw")
    related = ("requested_by", "decided_by")
    search_hint = "Title, subject, e-mail or id"
    search_fields = (
        "title__icontains",
        "subject_name__icontains",
        "requested_by__email__icontains",
        "decided_by__email__icontains",
    )
    search_ids = ("id", "organization_id")
    list_filter = (Box, "status", "currency", "created_at")
    list_display = (
        columns.text("title", "Plan"),
        columns.badge("status", TONES),
        columns.amount("amount"),
        columns.column(_subject, "About", kind="link"),
        columns.link("requested_by", "Asked by"),
        columns.when("expires_at", "Runs out"),
        columns.when("created_at", "Asked"),
    )
    ordering = ("-created_at",)
    empty_text = "Nothing waits for a second person."
    facts: ClassVar = (
        (
            "Approval",
            (
                columns.badge("status", TONES),
                columns.amount("amount"),
                columns.column(_subject, "About"),
                columns.column(_organization, "Organization"),
                columns.text("role", "Needs"),
                columns.text("limit_reason", "Why two"),
                columns.when("expires_at", "Runs out"),
                columns.code("id"),
            ),
        ),
        (
            "Persons",
            (
                columns.link("requested_by", "Asked by"),
                columns.text("reason", "Because"),
                columns.when("created_at", "Asked"),
                columns.link("decided_by", "Decided by"),
                columns.text("decision_reason", "Decided because"),
                columns.when("decided_at", "Decided"),
                columns.text("outcome"),
            ),
        ),
    )

    def title_of(self, record: Approval) -> str:
        """What would be done."""
        return record.title

    def subjects_of(self, record: Approval) -> list[tuple[str, Any]]:
        """With what it is about, on whose timeline its events are."""
        own = super().subjects_of(record)
        if not record.subject_label:
            return own
        model = apps.get_model(record.subject_label)
        return [*own, (model._meta.model_name or "", record.subject_id)]

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Agreeing for those who may, taking back for who asked."""
        record = self.get_object(request, str(object_id))
        if record is None:
            return []
        decides = may_decide(request.user, record)
        is_own = record.requested_by_id == request.user.pk
        allowed = {"approve": decides, "decline": decides, "withdraw": is_own}
        found = super().get_actions_detail(request, object_id)
        return [one for one in found if allowed[one.method.__name__]]

    @verb(
        title="Approve",
        role=roles.SUPPORT,
        icon="how_to_reg",
        text="Planned anew: this is what happens if you agree.",
        available=_waits,
        plan=_plan_now,
        is_gated=False,
    )
    def approve(self, approval: Approval, data: dict[str, Any], origin: Origin) -> str:
        """Agree, as the second person."""
        try:
            done = approve_plan(
                approval_id=approval.pk,
                user_id=UUID(origin.actor_id),
                act=lambda agreed: carry_out(approval, agreed, origin),
                origin=_there(approval, origin),
            )
        except ApprovalStale as error:
            return Caution(error.detail)
        return done.outcome or f"{done.title}: done."

    @verb(
        title="Decline",
        role=roles.SUPPORT,
        icon="block",
        is_danger=True,
        text="Nothing is done. Whoever asked is told why.",
        available=_waits,
    )
    def decline(self, approval: Approval, data: dict[str, Any], origin: Origin) -> str:
        """Refuse it, as the second person."""
        decline_approval(
            approval_id=approval.pk,
            user_id=UUID(origin.actor_id),
            origin=_there(approval, origin),
        )
        return f"{approval.title}: declined."

    @verb(
        title="Withdraw",
        role=roles.SUPPORT,
        icon="undo",
        text="Takes back what you asked for.",
        available=_waits,
    )
    def withdraw(self, approval: Approval, data: dict[str, Any], origin: Origin) -> str:
        """Take it back."""
        withdraw_approval(
            approval_id=approval.pk,
            user_id=UUID(origin.actor_id),
            origin=_there(approval, origin),
        )
        return f"{approval.title}: withdrawn."


@panel("approvals.approval", position=10)
def plan_of_approval(approval: Any, request: HttpRequest) -> Panel:
    """The plan as it was agreed to; while it waits, whether it still is what would happen."""
    note = ""
    if _waits(approval):
        plan = _plan_now(approval, {}, staff_origin(request, approval.reason))
        is_same = plan.fingerprint == approval.fingerprint
        note = "Planned anew just now: still the same." if is_same else plan.warnings[0]
    return Panel(
        title="The plan that was asked for",
        template="backoffice/agreed_plan.html",
        body={"plan": Plan.from_json(approval.plan), "note": note},
    )
