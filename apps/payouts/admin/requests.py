"""Payouts that are asked for, for staff: what there is to pay out, and the verbs that do it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from apps.core.clock import moment
from apps.core.money import format_amount
from apps.core.origin import Origin
from apps.core.plans import Plan
from apps.core.staff import roles
from apps.core.staff.panels import Panel, listing, panel, table
from apps.core.staff.verbs import verb
from apps.payouts.admin.cells import BRIEF, COURSE
from apps.payouts.forms import OrganizationForm, ScheduleForm
from apps.payouts.models import Payout
from apps.payouts.operations import (
    plan_request_payout,
    plan_set_payout_schedule,
    request_payout,
    set_payout_schedule,
)
from apps.payouts.selectors import money_of, profile_of, whereabouts_of


def _there(origin: Origin, data: dict[str, Any]) -> Origin:
    """The origin of a verb of the list, on the test clock of the organization named in it."""
    return origin.on_clock(data["organization"].clock_offset)


def _request_plan(record: None, data: dict[str, Any], origin: Origin) -> Plan:
    return plan_request_payout(organization=data["organization"], origin=_there(origin, data))


def _schedule_plan(record: None, data: dict[str, Any], origin: Origin) -> Plan:
    return plan_set_payout_schedule(
        organization=data["organization"], schedule=data["schedule"], origin=_there(origin, data)
    )


class RequestVerbs:
    """The verbs of the list of payouts that ask for one, now or by a schedule."""

    @verb(
        title="Request a payout",
        role=roles.FINANCE,
        icon="payments",
        submit="Request",
        form=OrganizationForm,
        text="Pays an organization's whole available balance out.",
        plan=_request_plan,
    )
    def ask_for(self, nothing: None, data: dict[str, Any], origin: Origin) -> str:
        """Pay an organization out now."""
        payout = request_payout(
            organization_id=data["organization"].pk,
            agreed=data["agreed"],
            origin=_there(origin, data),
        )
        return f"{payout} {COURSE[payout.status]}."

    @verb(
        title="Set a schedule",
        role=roles.FINANCE,
        icon="calendar_month",
        submit="Set",
        form=ScheduleForm,
        text="Pays an organization out by itself, at midnight UTC.",
        plan=_schedule_plan,
    )
    def schedule(self, nothing: None, data: dict[str, Any], origin: Origin) -> str:
        """Pay an organization out by a schedule, or only when asked."""
        profile = set_payout_schedule(
            organization_id=data["organization"].pk,
            schedule=data["schedule"],
            agreed=data["agreed"],
            origin=_there(origin, data),
        )
        return f"{profile}: {profile.get_schedule_display().lower()}."


@panel("organizations.organization", position=11)
def money_of_organization(organization: Any, request: HttpRequest) -> Panel:
    """Where all of its money is, in sums; the page behind opens each of them."""
    return Panel(
        title="Where the money is",
        template="backoffice/money_sum.html",
        body=whereabouts_of(organization.pk, at=moment(organization.clock_offset)),
        more=reverse("admin:money_of", args=[organization.pk]),
    )


@panel("organizations.organization", position=12)
def payouts_of_organization(organization: Any, request: HttpRequest) -> Panel:
    """What may be paid out, by when the rest follows, and the latest payouts."""
    verbs = []
    if roles.reaches(request.user, roles.FINANCE):
        query = urlencode({"organization": organization.slug})
        verbs = [
            ("Request a payout", f"{reverse('admin:payouts_payout_ask_for')}?{query}"),
            ("Set a schedule", f"{reverse('admin:payouts_payout_schedule')}?{query}"),
        ]
    return table(
        "Payouts",
        Payout.objects.filter(organization=organization).order_by("-created_at"),
        BRIEF,
        more=listing("payouts", "payout", organization__id__exact=organization.pk),
        empty="Nothing was paid out yet.",
        note=_standing(organization),
        verbs=verbs,
    )


def _standing(organization: Any) -> str:
    currency = settings.SETTLEMENT_CURRENCY
    money = money_of(organization.pk, at=moment(organization.clock_offset))
    words = [f"{money} available"]
    if money.releases:
        last = money.releases[-1].at
        pending = format_amount(money.pending_amount, currency)
        words.append(f"{pending} maturing until {last:%d %b %Y}")
    profile = profile_of(organization.pk)
    account = profile.payout_account if profile else None
    words.append(f"paid to {account}" if account else "no payout account")
    if profile and profile.next_payout_at:
        words.append(f"{profile.schedule}, next on {profile.next_payout_at:%d %b %Y}")
    return "; ".join(words) + "."
