"""Conceding disputes: by somebody, by itself below a limit, and when the answer is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from apps.core.origin import Door, Origin, system_origin
from apps.core.plans import PlanChanged
from apps.core.timers import timers
from apps.disputes.errors import AcceptanceInProgress, DisputeNotOpenError
from apps.disputes.models import Dispute
from apps.disputes.operations import (
    accept_dispute,
    mark_past_due,
    note_merchant_reply,
    plan_accept_dispute,
    resume_acceptance,
    run_auto_accept,
)
from apps.disputes.selectors import (
    due_concession_ids,
    open_acceptance_ids,
    past_due_ids,
)
from apps.orders.models import Order
from apps.organizations.models import Organization
from apps.processors.errors import ProcessorUnavailable
from tests.support.disputing import decide, disputed, money, require_sound, told
from tests.support.refunding import asked, paid_order
from tests.support.stripesim import stripesim
from tests.support.tills import Till, till

__all__ = ["stripesim", "till"]


@pytest.fixture
def order(till: Till) -> Order:
    return paid_order(till, 5000)


def later(**wait: float) -> Origin:
    origin = system_origin(Door.TASK)
    return replace(origin, at=origin.at + timedelta(**wait))


class TestAccept:
    def test_does_what_its_plan_says(self, till: Till, order: Order) -> None:
        dispute = disputed(till, order)
        plan = plan_accept_dispute(dispute_id=dispute.pk, origin=asked())
        assert [(one.before, one.after) for one in plan.changes][:2] == [
            ("needs_response", "lost"),
            ("paid", "refunded"),
        ]
        accepted = accept_dispute(
            dispute_id=dispute.pk, agreed=plan.fingerprint, origin=asked().because("Too old.")
        )
        assert (accepted.status, accepted.is_closed) == ("lost", True)
        assert accepted.accepted_at is not None
        till.settle()
        assert (told("dispute.accepting"), told("dispute.accepted")) == (1, 1)
        assert told("dispute.lost") == 1
        require_sound(order, "refunded", 5000, 1000)

    def test_refuses_another_plan(self, till: Till, order: Order) -> None:
        dispute = disputed(till, order)
        with pytest.raises(PlanChanged):
            accept_dispute(dispute_id=dispute.pk, agreed="another", origin=asked())
        dispute.refresh_from_db()
        assert (dispute.status, dispute.accept_asked_at) == ("needs_response", None)

    def test_of_an_inquiry_costs_nothing(self, till: Till, order: Order) -> None:
        before = money(order)
        dispute = disputed(till, order, inquiry=True)
        accepted = accept_dispute(dispute_id=dispute.pk, origin=asked())
        assert accepted.status == "prevented"
        assert money(order) == before
        require_sound(order, "paid", 0, 0)

    def test_refuses_what_needs_no_response(self, till: Till, order: Order) -> None:
        dispute = decide(till, disputed(till, order), "won")
        with pytest.raises(DisputeNotOpenError):
            accept_dispute(dispute_id=dispute.pk, origin=asked())

    def test_refuses_what_needs_none_at_the_processor(self, till: Till, order: Order) -> None:
        dispute = disputed(till, order)
        till.sim.control("deliveries/pause", {})
        till.sim.client().v1.disputes.update(
            dispute.processor_id or "", {"evidence": {"product_description": "A book"}}
        )
        with pytest.raises(DisputeNotOpenError):
            accept_dispute(dispute_id=dispute.pk, origin=asked())
        dispute.refresh_from_db()
        assert (dispute.status, dispute.accept_asked_at) == ("under_review", None)

    def test_that_was_not_reached_leaves_it_as_it_was(self, till: Till, order: Order) -> None:
        dispute = disputed(till, order)
        rule = {"kind": "429", "method": "POST", "path": "/close$"}
        till.sim.control("faults", rule)
        with pytest.raises(ProcessorUnavailable):
            accept_dispute(dispute_id=dispute.pk, origin=asked())
        till.sim.control("faults", method="DELETE")
        assert accept_dispute(dispute_id=dispute.pk, origin=asked()).status == "lost"

    def test_whose_answer_is_lost_is_found_out(self, till: Till, order: Order) -> None:
        dispute = disputed(till, order)
        till.sim.control("deliveries/pause", {})
        rule = {"kind": "drop_after", "method": "POST", "path": "/close$", "count": 9}
        till.sim.control("faults", rule)
        with pytest.raises(AcceptanceInProgress):
            accept_dispute(dispute_id=dispute.pk, origin=asked())
        till.sim.control("faults", method="DELETE")
        dispute.refresh_from_db()
        assert dispute.status == "needs_response"
        at = later(minutes=5)
        assert open_acceptance_ids(at=at.at, limit=9) == [dispute.pk]
        resume_acceptance(dispute_id=dispute.pk, origin=at)
        dispute.refresh_from_db()
        assert dispute.status == "lost"
        assert dispute.accepted_at is not None
        assert open_acceptance_ids(at=at.at, limit=9) == []
        require_sound(order, "refunded", 5000, 1000)


@pytest.fixture
def limit(order: Order) -> None:
    Organization.objects.filter(pk=order.organization_id).update(
        feature_settings={"disputes_enabled": True, "dispute_auto_accept_enabled": True},
        dispute_settings={"auto_accept_below_amount": 1000},
    )


@pytest.mark.usefixtures("limit")
class TestAutoAccept:
    def test_is_announced_and_done_a_day_later(self, till: Till, order: Order) -> None:
        dispute = disputed(till, order, amount=600)
        assert told("dispute.auto_accept_announced") == 1
        assert due_concession_ids(at=later(hours=23).at, limit=9) == []
        at = later(hours=25)
        assert due_concession_ids(at=at.at, limit=9) == [dispute.pk]
        run_auto_accept(dispute_id=dispute.pk, origin=at)
        dispute.refresh_from_db()
        assert (dispute.status, dispute.auto_accept_at) == ("lost", None)
        run_auto_accept(dispute_id=dispute.pk, origin=at)
        assert told("dispute.accepting") == 1
        require_sound(order, "partially_refunded", 500, 100)

    def test_leaves_what_is_not_below(self, till: Till, order: Order) -> None:
        dispute = disputed(till, order, amount=1000)
        assert dispute.auto_accept_at is None

    def test_is_taken_back_by_a_reply(self, till: Till, order: Order) -> None:
        dispute = disputed(till, order, amount=600)
        for _ in range(2):
            note_merchant_reply(dispute_id=dispute.pk, origin=asked())
        assert told("dispute.merchant_replied") == 1
        assert told("dispute.auto_accept_retracted") == 1
        assert due_concession_ids(at=later(hours=25).at, limit=9) == []

    def test_looks_once_more(self, till: Till, order: Order) -> None:
        dispute = disputed(till, order, amount=600)
        Organization.objects.update(dispute_settings={"auto_accept_below_amount": None})
        run_auto_accept(dispute_id=dispute.pk, origin=later(hours=25))
        dispute.refresh_from_db()
        assert (dispute.status, dispute.auto_accept_at) == ("needs_response", None)
        assert told("dispute.auto_accept_retracted") == 1

    def test_is_a_timer(self, till: Till, order: Order) -> None:
        dispute = disputed(till, order, amount=600)
        timer = next(one for one in timers() if one.name == "disputes.auto_accept")
        [due] = timer.due(order.organization_id, later(hours=25).at)
        assert (due.subject_id, due.at) == (dispute.pk, dispute.auto_accept_at)
        timer.run(dispute.pk, later(hours=25))
        assert Dispute.objects.get().status == "lost"


class TestPastDue:
    def test_is_noted_once(self, till: Till, order: Order) -> None:
        dispute = disputed(till, order)
        assert past_due_ids(at=later(days=8).at, limit=9) == []
        at = later(days=10)
        assert past_due_ids(at=at.at, limit=9) == [dispute.pk]
        for _ in range(2):
            mark_past_due(dispute_id=dispute.pk, origin=at)
        dispute.refresh_from_db()
        assert dispute.is_past_due
        assert told("dispute.updated") == 1
        assert past_due_ids(at=at.at, limit=9) == []
