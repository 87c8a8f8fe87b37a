"""Money without an order goes back to its payer after a day, by itself and once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from apps.core.origin import Door, system_origin
from apps.core.timers import timers
from apps.payments.errors import (
    RefundedAlready,
    RefundInProgress,
    RefundUnknownPayment,
)
from apps.payments.models import Payment, Refund
from apps.payments.operations import plan_return_payment, resume_refund, return_payment
from apps.payments.selectors import due_return_ids
from apps.payments.tasks import return_unclaimed_task
from tests.support.books import broken_books
from tests.support.refunding import asked, held_by, lost_payment, paid_order
from tests.support.stripesim import stripesim
from tests.support.tills import Till, till

__all__ = ["stripesim", "till"]


@pytest.fixture
def lost(till: Till) -> Payment:
    return lost_payment(till)


def due(hours: int) -> list[Any]:
    at = system_origin(Door.TASK).at + timedelta(hours=hours)
    return due_return_ids(at=at, limit=9)


def grown_old(payment: Payment) -> None:
    Payment.objects.filter(pk=payment.pk).update(
        unclaimed_at=payment.unclaimed_at - timedelta(hours=25)
    )


def test_after_a_day_and_not_before(till: Till, lost: Payment) -> None:
    assert (due(23), due(25)) == ([], [lost.pk])
    grown_old(lost)
    for _ in range(2):
        return_unclaimed_task()
    made = Refund.objects.get()
    assert (made.status, made.source, made.amount, made.tax_amount) == (
        "succeeded", "system", 1500, 0,
    )  # fmt: skip
    assert held_by(lost.organization_id)["unclaimed_payments"] == 0
    till.settle()
    assert (due(99), Refund.objects.count()) == ([], 1)
    assert not broken_books()


def test_by_the_test_clock_of_its_organization(lost: Payment) -> None:
    [timer] = [one for one in timers() if one.name == "payments.return_unclaimed"]
    until = system_origin(Door.TASK).at + timedelta(hours=25)
    [found] = timer.due(lost.organization_id, until)
    assert lost.unclaimed_at
    assert (found.subject_id, found.at) == (lost.pk, lost.unclaimed_at + timedelta(days=1))
    timer.run(lost.pk, replace(system_origin(Door.TASK), at=until))
    assert Refund.objects.get().status == "succeeded"


def test_of_a_lost_answer_is_found_out(till: Till, lost: Payment) -> None:
    till.sim.control("deliveries/pause", {})
    rule = {"kind": "drop_after", "method": "POST", "path": "/v1/refunds$", "count": 9}
    till.sim.control("faults", rule)
    grown_old(lost)
    return_unclaimed_task()
    made = Refund.objects.get()
    assert (made.status, made.processor_id) == ("pending", None)
    with pytest.raises(RefundInProgress):
        return_payment(payment_id=lost.pk, source="staff", origin=asked())
    till.sim.control("faults", method="DELETE")
    resume_refund(refund_id=made.pk, origin=asked(5))
    assert Refund.objects.get().status == "succeeded"
    assert not broken_books()


def test_is_asked_for_again_if_the_processor_was_not_reached(lost: Payment, settings: Any) -> None:
    base, settings.STRIPE_API_BASE = settings.STRIPE_API_BASE, "http://127.0.0.1:9"
    grown_old(lost)
    return_unclaimed_task()
    settings.STRIPE_API_BASE = base
    assert (Refund.objects.get().status, due(99)) == ("pending", [])
    resume_refund(refund_id=Refund.objects.get().pk, origin=asked(5))
    assert Refund.objects.get().status == "succeeded"


def test_refused_by_the_processor_is_for_staff(till: Till) -> None:
    lost = lost_payment(till, card="pm_card_createDispute")
    till.sim.control("clock/advance", {"seconds": 60})
    grown_old(lost)
    return_unclaimed_task()
    made = Refund.objects.get()
    assert made.status == "failed"
    assert made.attention_at is not None
    assert due(99) == []


def test_refuses_what_pays_something_and_what_is_returned(till: Till, lost: Payment) -> None:
    order = paid_order(till)
    with pytest.raises(RefundUnknownPayment):
        return_payment(
            payment_id=Payment.objects.get(order=order).pk, source="staff", origin=asked()
        )
    plan = plan_return_payment(payment_id=lost.pk, origin=asked())
    assert [(one.debit, one.credit, one.amount) for one in plan.transfers] == [
        ("unclaimed payments", "processor balance", 1500)
    ]
    return_payment(payment_id=lost.pk, source="staff", agreed=plan.fingerprint, origin=asked())
    with pytest.raises(RefundedAlready):
        return_payment(payment_id=lost.pk, source="staff", origin=asked())
