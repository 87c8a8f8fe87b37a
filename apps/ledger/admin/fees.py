"""Fee credits and fee plans."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from apps.core.money import format_amount
from apps.core.origin import Origin
from apps.core.staff import columns, roles
from apps.core.staff.filters import presence
from apps.core.staff.panels import Panel, listing, panel, table
from apps.core.staff.records import RecordAdmin
from apps.core.staff.verbs import verb
from apps.events.models import Event
from apps.ledger.admin.words import settled
from apps.ledger.forms import CreditForm, PlanForm, TermsForm
from apps.ledger.models import FeeCredit
from apps.ledger.operations import (
    assign_fee_plan,
    grant_fee_credit,
    plan_grant_fee_credit,
    plan_revoke_fee_credit,
    plan_set_fee_terms,
    published_terms,
    revoke_fee_credit,
    set_fee_terms,
)
from apps.ledger.selectors import FeeTerms, fee_terms


@admin.register(FeeCredit)
class FeeCreditAdmin(RecordAdmin):
    """Gifts against future platform fees."""

    icon = "redeem"
    actions_list = ("grant", "assign_plan", "set_terms")
    actions_detail = ("revoke",)
    related = ("organization",)
    search_hint = "Title, organization or id"
    search_fields = ("title__icontains", "organization__slug")
    search_ids = ("id", "organization_id")
    list_filter = (presence("revoked_at", "Revoked", "revoked", "valid"),)
    list_display = (
        columns.text("title"),
        columns.link("organization"),
        columns.column(lambda one: settled(one.amount), "Amount", order="amount", kind="amount"),
        columns.column(
            lambda one: settled(one.used_amount), "Used", order="used_amount", kind="amount"
        ),
        columns.when("granted_at"),
        columns.when("expires_at"),
        columns.when("revoked_at"),
    )
    ordering = ("-granted_at",)
    facts: ClassVar = (
        (
            "Fee credit",
            (
                "title",
                "organization",
                columns.column(lambda one: settled(one.amount), "Amount"),
                columns.column(lambda one: settled(one.used_amount), "Used"),
                columns.code("id"),
                "granted_at",
                "expires_at",
                "revoked_at",
            ),
        ),
    )

    @verb(
        title="Grant fee credit",
        role=roles.FINANCE,
        icon="redeem",
        submit="Grant",
        form=CreditForm,
        text="Used up by future platform fees, the oldest credit first.",
        plan=lambda nothing, data, origin: plan_grant_fee_credit(
            organization_id=data["organization"].pk,
            title=data["title"],
            amount=data["amount"],
            expires_at=data["expires_at"],
            origin=origin,
        ),
    )
    def grant(self, nothing: None, data: dict[str, Any], origin: Origin) -> str:
        """Give a merchant money against future fees."""
        organization = data["organization"]
        credit = grant_fee_credit(
            organization_id=organization.pk,
            title=data["title"],
            amount=data["amount"],
            expires_at=data["expires_at"],
            agreed=data["agreed"],
            origin=origin,
        )
        amount = format_amount(credit.amount, settings.SETTLEMENT_CURRENCY)
        return f"{organization} was granted {amount}."

    @verb(
        title="Assign fee plan",
        role=roles.FINANCE,
        icon="percent",
        submit="Assign",
        form=PlanForm,
        text="Its rates hold from the next sale on.",
        plan=lambda nothing, data, origin: plan_set_fee_terms(
            organization_id=data["organization"].pk,
            terms=published_terms(data["plan"], has_processor_fees=data["has_processor_fees"]),
            origin=origin,
        ),
    )
    def assign_plan(self, nothing: None, data: dict[str, Any], origin: Origin) -> str:
        """Put a merchant on a published plan."""
        organization = data["organization"]
        assign_fee_plan(
            organization_id=organization.pk,
            plan=data["plan"],
            has_processor_fees=data["has_processor_fees"],
            agreed=data["agreed"],
            origin=origin,
        )
        return f"{organization} is on the plan {data['plan']}."

    @verb(
        title="Set fee terms",
        role=roles.FINANCE,
        icon="tune",
        submit="Set",
        form=TermsForm,
        text="For a merchant with terms of their own. They hold from the next sale on.",
        plan=lambda nothing, data, origin: plan_set_fee_terms(
            organization_id=data["organization"].pk, terms=data["terms"], origin=origin
        ),
    )
    def set_terms(self, nothing: None, data: dict[str, Any], origin: Origin) -> str:
        """Give a merchant terms of their own."""
        organization = data["organization"]
        set_fee_terms(
            organization_id=organization.pk,
            terms=data["terms"],
            agreed=data["agreed"],
            origin=origin,
        )
        return f"{organization} has other fee terms."

    @verb(
        title="Revoke",
        role=roles.FINANCE,
        icon="money_off",
        is_danger=True,
        text="What is left is taken back; what was used stays used.",
        available=lambda credit: credit.revoked_at is None,
        plan=lambda credit, data, origin: plan_revoke_fee_credit(
            credit_id=credit.pk, origin=origin
        ),
    )
    def revoke(self, credit: FeeCredit, data: dict[str, Any], origin: Origin) -> str:
        """Take back what is left."""
        revoke_fee_credit(credit_id=credit.pk, agreed=data["agreed"], origin=origin)
        return f"{credit} is revoked."


@panel("organizations.organization", position=60)
def fees_of_organization(organization: Any, request: HttpRequest) -> Panel:
    """Its fee plan and fee credits."""
    terms = fee_terms(organization.pk)
    fixed = format_amount(terms.rates.fixed_amount, settings.SETTLEMENT_CURRENCY)
    return table(
        "Fees",
        FeeCredit.objects.filter(organization=organization).order_by("-granted_at"),
        (
            columns.text("title", "Fee credit"),
            columns.column(lambda one: settled(one.amount), "Amount", kind="amount"),
            columns.column(lambda one: settled(one.used_amount), "Used", kind="amount"),
            columns.when("granted_at"),
            columns.when("expires_at"),
            columns.when("revoked_at"),
        ),
        more=listing("ledger", "feecredit", organization__id__exact=organization.pk),
        empty="No fee credits.",
        note=f"Plan {terms.name}: {terms.rates.bps / 100:g} % and {fixed} a sale{_besides(terms)}.",
        verbs=_fee_verbs(organization, request),
    )


@panel("organizations.organization", position=61)
def terms_of_organization(organization: Any, request: HttpRequest) -> Panel:
    """Every change of its fee terms, latest first, with who and why."""
    changes = Event.objects.filter(organization_id=organization.pk, type="fee_plan.assigned")
    return table(
        "Fee terms",
        changes.order_by("-at"),
        (
            columns.when("at", "From"),
            columns.column(_said, "Changed", kind="wide"),
            columns.text("actor_label", "By", order=False),
            columns.text("reason", order=False),
        ),
        empty="Never changed: the terms of every new merchant.",
    )


def _said(event: Event) -> str:
    """Each term that became another: `payment bps 500 to 380`."""
    parts = (
        f"{name.replace('_', ' ')} {before} to {after}"
        for name, (before, after) in event.changes.items()
    )
    return ", ".join(parts)


def _besides(terms: FeeTerms) -> str:
    """What is charged for what the processor charges, where anything is."""
    amounts = (
        (terms.rates.three_d_secure_amount, "a 3-D Secure authentication"),
        (terms.rates.fraud_warning_amount, "a warning of fraud"),
    )
    if not terms.has_processor_fees:
        return "; no surcharges are passed on"
    currency = settings.SETTLEMENT_CURRENCY
    said = [f"{format_amount(amount, currency)} for {what}" for amount, what in amounts if amount]
    return "".join(f", {one}" for one in said)


def _fee_verbs(organization: Any, request: HttpRequest) -> list[tuple[str, str]]:
    if not roles.reaches(request.user, roles.FINANCE):
        return []
    query = urlencode({"organization": organization.slug})
    return [
        ("Grant credit", f"{reverse('admin:ledger_feecredit_grant')}?{query}"),
        ("Assign plan", f"{reverse('admin:ledger_feecredit_assign_plan')}?{query}"),
        ("Set terms", f"{reverse('admin:ledger_feecredit_set_terms')}?{query}"),
    ]
