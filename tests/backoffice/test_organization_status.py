"""A merchant's status changes only by the plan that staff saw."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from apps.checkouts.models import Checkout
from apps.core.plans import PlanChanged
from apps.events.models import Event
from apps.organizations.operations import (
    change_status,
    plan_change_status,
    revoke_access_token,
)
from tests.backoffice.acting import act, agree, fingerprint_in, happened
from tests.backoffice.world import Sold
from tests.cases.world import origin_at

Staff = Callable[[str], Client]
NAME = "organizations_organization_change_status"


class TestPlanChangeStatus:
    def test_lists_what_stops(self, sold: Sold) -> None:
        Checkout.objects.update(status="open")
        plan = plan_change_status(
            organization_id=sold.organization.pk, to="blocked", origin=origin_at()
        )
        changed = {change.subject: (change.before, change.after) for change in plan.changes}
        assert changed["Status"] == ("active", "blocked")
        assert changed["Payouts"] == changed["API access"] == ("on", "off")
        assert plan.effects == (
            "Requests with its 1 access token are refused.",
            "Its 1 member cannot use the dashboard.",
            "Subscriptions are no longer renewed.",
            "Checkouts that are open can no longer be paid.",
            "In 7 days its subscriptions end; customers get no mail of it.",
        )
        assert plan.notes == (
            "1 subscription to renew now.",
            "1 checkout open now.",
            "1 subscription to end.",
        )

    def test_warns_of_capabilities_set_by_hand(self, sold: Sold) -> None:
        sold.organization.capabilities["refunds"] = False
        sold.organization.save()
        plan = plan_change_status(
            organization_id=sold.organization.pk, to="review", origin=origin_at()
        )
        assert plan.warnings == ("Set by hand, reset by the new status: Refunds.",)

    def test_binds_the_operation(self, sold: Sold) -> None:
        key, origin = sold.organization.pk, origin_at()
        plan = plan_change_status(organization_id=key, to="blocked", origin=origin)
        revoke_access_token(token_id=sold.token.pk, origin=origin)
        with pytest.raises(PlanChanged) as refusal:
            change_status(organization_id=key, to="blocked", agreed=plan.fingerprint, origin=origin)
        sold.organization.refresh_from_db()
        assert sold.organization.status == "active"
        new = refusal.value.plan.fingerprint
        change_status(organization_id=key, to="blocked", agreed=new, origin=origin)


class TestChangeStatus:
    def test_shows_the_plan_then_makes_an_allowed_move(self, staff: Staff, sold: Sold) -> None:
        client = staff("finance")
        shown = act(client, NAME, sold.organization.pk, to="blocked")
        assert b"Requests with its 1 access token are refused." in shown.content
        assert shown["HX-Retarget"] == "#modal-content"
        sold.organization.refresh_from_db()
        assert sold.organization.status == "active"

        assert "HX-Redirect" in agree(client, NAME, sold.organization.pk, to="blocked")
        sold.organization.refresh_from_db()
        assert sold.organization.status == "blocked"
        event = happened("organization.status_changed", "finance@example.com")
        assert event.changes["status"] == ["active", "blocked"]

    def test_shows_the_new_plan_when_things_changed(self, staff: Staff, sold: Sold) -> None:
        client = staff("finance")
        shown = act(client, NAME, sold.organization.pk, to="blocked")
        revoke_access_token(token_id=sold.token.pk, origin=origin_at())
        again = act(client, NAME, sold.organization.pk, to="blocked", _agreed=fingerprint_in(shown))
        assert b"Things changed since you looked: here is the new plan." in again.content
        assert b"access token" not in again.content
        sold.organization.refresh_from_db()
        assert sold.organization.status == "active"
        done = act(client, NAME, sold.organization.pk, to="blocked", _agreed=fingerprint_in(again))
        assert "HX-Redirect" in done

    def test_of_another_status_is_another_plan(self, staff: Staff, sold: Sold) -> None:
        client = staff("finance")
        shown = act(client, NAME, sold.organization.pk, to="review")
        other = act(client, NAME, sold.organization.pk, to="blocked", _agreed=fingerprint_in(shown))
        assert b"becomes blocked" in other.content
        sold.organization.refresh_from_db()
        assert sold.organization.status == "active"

    def test_goes_back_with_what_was_filled_in(self, staff: Staff, sold: Sold) -> None:
        asked = act(staff("finance"), NAME, sold.organization.pk, to="blocked", _back="1")
        assert b'<option value="blocked" selected>' in asked.content
        assert fingerprint_in(asked) == ""

    def test_refuses_any_other_move_and_leaves_no_trace(self, staff: Staff, sold: Sold) -> None:
        response = act(staff("admin"), NAME, sold.organization.pk, to="offboarded")
        assert b"Select a valid choice" in response.content
        sold.organization.refresh_from_db()
        assert sold.organization.status == "active"
        assert not Event.objects.filter(type="organization.status_changed").exists()

    def test_answers_404_for_an_unknown_organization(self, staff: Staff, sold: Sold) -> None:
        assert act(staff("admin"), NAME, sold.order.pk, to="review").status_code == 404
