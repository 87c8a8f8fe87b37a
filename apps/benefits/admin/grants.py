"""Grants: who has what, what failed, and what can be done about it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from apps.benefits.admin.cells import BENEFIT, GRANTED, REASON, REVOKED, SOURCE, STATE
from apps.benefits.models import BenefitGrant
from apps.benefits.operations import (
    grant_again,
    grant_all_again,
    plan_revoke_grant,
    revoke_grant,
)
from apps.core.origin import Origin
from apps.core.plans import counted
from apps.core.staff import columns, roles
from apps.core.staff.records import RecordAdmin
from apps.core.staff.verbs import verb
from apps.customers.forms import CustomerForm

_STATES = {
    "granted": Q(granted_at__isnull=False, error=None, next_attempt_at=None),
    "waiting": Q(next_attempt_at__isnull=False, error=None),
    "failed": Q(error__isnull=False),
    "withheld": Q(withheld_at__isnull=False),
    "revoked": Q(revoked_at__isnull=False),
}


class StateFilter(admin.SimpleListFilter):
    """What became of a grant."""

    title = "State"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """One for each word of the list."""
        return [(word, word.capitalize()) for word in _STATES]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Only those."""
        condition = _STATES.get(str(self.value()))
        return queryset.filter(condition) if condition is not None else queryset


@admin.register(BenefitGrant)
class BenefitGrantAdmin(RecordAdmin):
    """Grants of all organizations."""

    icon = "redeem"
    actions_detail = ("grant_again", "revoke")
    actions_list = ("grant_all_again",)
    related = ("organization", "customer", "benefit", "member")
    search_hint = "E-mail, benefit, order, subscription or id"
    search_fields = ("customer__email__icontains", "benefit__description__icontains")
    search_ids = (
        "id",
        "organization_id",
        "customer_id",
        "benefit_id",
        "order_id",
        "subscription_id",
    )
    list_filter = (StateFilter, "benefit__type", "created_at")
    list_display = (
        BENEFIT,
        columns.link("customer"),
        STATE,
        REASON,
        SOURCE,
        columns.link("organization"),
        GRANTED,
        REVOKED,
        columns.when("created_at"),
    )
    ordering = ("-created_at", "-id")
    facts: ClassVar = (
        (
            "Grant",
            (
                columns.link("benefit"),
                columns.link("customer"),
                columns.link("member"),
                STATE,
                REASON,
                SOURCE,
                GRANTED,
                REVOKED,
                columns.when("withheld_at", "Withheld"),
                columns.link("organization"),
                columns.code("id"),
                "created_at",
                "modified_at",
            ),
        ),
        (
            "Work",
            (
                columns.when("next_attempt_at", "Next try"),
                columns.text("attempt_count", "Tries so far"),
                columns.parts("properties"),
            ),
        ),
    )

    def title_of(self, record: Any) -> str:
        """Whose it is, and what."""
        return f"{record.benefit} for {record.customer}"

    @verb(
        title="Grant again",
        role=roles.SUPPORT,
        icon="replay",
        text="A worker tries it at once, if what was bought is still paid for.",
    )
    def grant_again(self, grant: BenefitGrant, data: dict[str, Any], origin: Origin) -> str:
        """Try it once more."""
        grant_again(grant_id=grant.pk, origin=origin)
        return "It is being granted again."

    @verb(
        title="Grant again",
        role=roles.SUPPORT,
        icon="replay",
        form=CustomerForm,
        text="Tries every benefit anew that something paid still gives the customer.",
    )
    def grant_all_again(self, nothing: None, data: dict[str, Any], origin: Origin) -> str:
        """Try all of a customer's once more."""
        customer = data["customer"]
        there = origin.on_clock(customer.organization.clock_offset)
        count = grant_all_again(customer_id=customer.pk, origin=there)
        return f"{counted(count, 'benefit')} of {customer} granted again."

    @verb(
        title="Revoke",
        role=roles.SUPPORT,
        icon="block",
        is_danger=True,
        available=lambda grant: grant.withheld_at is None,
        plan=lambda grant, data, origin: plan_revoke_grant(grant_id=grant.pk, origin=origin),
    )
    def revoke(self, grant: BenefitGrant, data: dict[str, Any], origin: Origin) -> str:
        """Take it back, whatever is paid."""
        revoke_grant(grant_id=grant.pk, agreed=data["agreed"], origin=origin)
        return "It is being taken back."
