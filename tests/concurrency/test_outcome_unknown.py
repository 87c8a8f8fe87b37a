"""A charge whose outcome nobody could tell for a day: staff ask the processor once more."""

from __future__ import annotations

from typing import Any

import pytest

from apps.core.origin import Door, system_origin
from apps.core.plans import PlanChanged
from apps.events.models import Event
from apps.orders.errors import PaymentAlreadyInProgress
from apps.orders.models import Order
from apps.payments.models import ChargeAttempt
from apps.payments.operations import ask_again, plan_ask_again
from tests.backoffice.acting import act, agree, happened
from tests.backoffice.conftest import staff
from tests.concurrency.test_finalizing import customer, draft, finalize, status_of, sweep
from tests.support.drafts import charges_of, is_booked, require_one_charge
from tests.support.stripesim import stripesim
from tests.support.tills import Till, till

__all__ = ["customer", "draft", "staff", "stripesim", "till"]

VERB = "payments_chargeattempt_ask_again"
DAY = 24 * 60


def left_to_people(till: Till, draft: Order, kind: str) -> ChargeAttempt:
    """An attempt of which no answer and no report ever came."""
    till.sim.control("deliveries/pause", {})
    rule = {"kind": kind, "method": "POST", "path": "/v1/payment_intents$", "count": 9}
    till.sim.control("faults", rule)
    with pytest.raises(PaymentAlreadyInProgress):
        finalize(draft)
    till.sim.control("faults", method="DELETE")
    sweep(DAY)
    attempt = ChargeAttempt.objects.get()
    assert (attempt.status, attempt.next_check_at) == ("open", None)
    assert Event.objects.filter(type="order.outcome_unknown").count() == 1
    return attempt


def test_a_charge_that_was_made_pays_the_order(till: Till, draft: Order, staff: Any) -> None:
    attempt = left_to_people(till, draft, "drop_after")

    shown = act(staff("finance"), VERB, attempt.pk).content.decode()
    assert "Paid by the customer" in shown
    assert status_of(draft) == "pending"
    agree(staff("finance"), VERB, attempt.pk)

    assert status_of(draft) == "paid"
    assert happened("order.outcome_asked", "finance@example.com").payload["intent_id"]
    assert is_booked(draft)
    # The reports that come at last change nothing.
    till.sim.control("deliveries/resume", {})
    till.settle()
    require_one_charge(till, draft)


def test_a_charge_that_was_never_made_frees_the_order(till: Till, draft: Order, staff: Any) -> None:
    attempt = left_to_people(till, draft, "drop_before")

    agree(staff("finance"), VERB, attempt.pk)

    attempt.refresh_from_db()
    assert (attempt.status, attempt.failure_code) == ("failed", "never_made")
    assert status_of(draft) == "draft"
    assert not charges_of(till, draft)
    finalize(draft)
    require_one_charge(till, Order.objects.get(pk=draft.pk))


def test_is_for_finance_and_for_what_is_left_to_people(
    till: Till, draft: Order, staff: Any
) -> None:
    attempt = left_to_people(till, draft, "drop_before")
    assert act(staff("support"), VERB, attempt.pk).status_code == 403
    ChargeAttempt.objects.update(next_check_at=attempt.created_at)
    assert act(staff("finance"), VERB, attempt.pk).status_code == 404
    assert status_of(draft) == "pending"


def test_another_answer_than_the_one_agreed_to_is_shown_first(till: Till, draft: Order) -> None:
    attempt = left_to_people(till, draft, "drop_after")
    request = attempt.request
    ChargeAttempt.objects.filter(pk=attempt.pk).update(request={**request, "customer_id": "cus_x"})
    never = plan_ask_again(attempt_id=attempt.pk).fingerprint
    ChargeAttempt.objects.filter(pk=attempt.pk).update(request=request)

    with pytest.raises(PlanChanged):
        ask_again(attempt_id=attempt.pk, agreed=never, origin=system_origin(Door.BACKOFFICE))
    assert status_of(draft) == "pending"
