from __future__ import annotations

from typing import Any

import pytest

from apps.core.ids import new_id
from apps.core.origin import Door, system_origin
from apps.customers.models import Customer
from apps.events.models import Event
from apps.orders.errors import PaymentAlreadyInProgress
from apps.orders.models import Order
from apps.orders.operations import release_payment_lock, void_order
from apps.payments.models import ChargeAttempt, Payment, PaymentMethod
from apps.payments.operations import (
    allocate_receipt,
    begin_charge_attempt,
    fail_charge_attempt,
    record_charge,
)
from apps.processors.gateway import Charge
from tests.support.drafts import allow_off_session, make_buyer, make_draft
from tests.support.merchants import make_organization

pytestmark = pytest.mark.django_db
NOW = system_origin(Door.TASK)


@pytest.fixture
def customer() -> Customer:
    organization = make_organization()
    allow_off_session(organization)
    customer = make_buyer(organization)
    method = PaymentMethod.objects.create(
        created_at=NOW.at,
        organization=organization,
        customer=customer,
        processor_id="pm_1",
        type="card",
    )
    customer.processor_customer_id = f"cus_{new_id().hex}"
    customer.default_payment_method_id = method.pk
    customer.save()
    return customer


@pytest.fixture
def draft(customer: Customer) -> Order:
    return make_draft(customer.organization, customer)


def begin(order: Order) -> ChargeAttempt:
    return begin_charge_attempt(order_id=order.pk, payment_method_id=None, origin=NOW)


def fail(attempt: ChargeAttempt) -> None:
    fail_charge_attempt(attempt_id=attempt.pk, code="declined", message="No.", origin=NOW)


def report(attempt: ChargeAttempt, status: str, **facts: Any) -> Payment | None:
    """What the processor reports of a charge of the attempt."""
    charge = Charge(
        **{
            "id": f"ch_{new_id().hex}",
            "intent_id": "pi_1",
            "status": status,
            "amount": attempt.request["amount"],
            "currency": "usd",
            "customer_id": attempt.request["customer_id"],
            "method": None,
            "metadata": attempt.request["metadata"],
            "risk_level": None,
            "risk_score": None,
            "failure_code": None,
            "decline_reason": None,
            "failure_message": None,
            "balance_transaction_id": None,
            "used_3ds": False,
            "created_at": NOW.at,
            **facts,
        }
    )
    return record_charge(charge=charge, origin=NOW)


def status_of(order: Order) -> str:
    return Order.objects.get(pk=order.pk).status


class TestBeginChargeAttempt:
    def test_has_a_key_for_each_try_with_a_method(self, draft: Order, customer: Customer) -> None:
        first = begin(draft)
        fail(first)
        second = begin(draft)

        method = customer.default_payment_method_id
        assert first.key == f"order_finalize:{draft.pk}:{method}"
        assert second.key == f"{first.key}:2"
        assert second.request["metadata"]["tax_country"] == "FR"


class TestReports:
    def test_of_success_pay_the_order_once(self, draft: Order) -> None:
        attempt = begin(draft)
        payment = report(attempt, "succeeded")
        order = Order.objects.get(pk=draft.pk)

        assert payment is not None and payment.order_id == order.pk
        assert (order.status, order.payment_lock_acquired_at) == ("paid", None)
        assert order.receipt_number
        attempt.refresh_from_db()
        assert (attempt.status, attempt.next_check_at) == ("succeeded", None)

    def test_of_failure_return_it_to_draft(self, draft: Order) -> None:
        attempt = begin(draft)
        report(attempt, "failed", decline_reason="lost_card", failure_message="Declined.")
        attempt.refresh_from_db()

        assert status_of(draft) == "draft"
        assert (attempt.status, attempt.failure_code) == ("failed", "lost_card")

    def test_of_an_earlier_failure_do_not_touch_the_present_try(self, draft: Order) -> None:
        first = begin(draft)
        fail(first)
        begin(draft)
        report(first, "failed", failure_message="Declined.")

        assert status_of(draft) == "pending"

    def test_of_money_after_all_pay_even_a_draft(self, draft: Order) -> None:
        attempt = begin(draft)
        fail(attempt)
        report(attempt, "succeeded")

        assert status_of(draft) == "paid"

    @pytest.mark.parametrize("trouble", ["paid", "void", "amount"])
    def test_of_money_without_use_are_shown_to_staff(self, draft: Order, trouble: str) -> None:
        attempt = begin(draft)
        amount = attempt.request["amount"]
        if trouble == "paid":
            report(attempt, "succeeded")
        elif trouble == "void":
            Order.objects.filter(pk=draft.pk).update(status="void")
        else:
            amount += 1
        before = status_of(draft)
        report(attempt, "succeeded", amount=amount)

        assert status_of(draft) == before
        outdated = Event.objects.get(type="payment.outdated")
        assert outdated.payload["order_id"] == str(draft.pk)


class TestVoidingWhileCharging:
    def test_is_refused_although_the_lock_has_grown_stale(self, draft: Order) -> None:
        begin(draft)
        release_payment_lock(order_id=draft.pk, origin=NOW)
        with pytest.raises(PaymentAlreadyInProgress):
            void_order(order_id=draft.pk, origin=NOW)


class TestAllocateReceipt:
    def test_waits_for_a_payment_and_gives_one_number(
        self, draft: Order, customer: Customer
    ) -> None:
        assert allocate_receipt(order=draft, origin=NOW) is None
        customer.refresh_from_db()
        assert customer.next_receipt_number == 1

        report(begin(draft), "succeeded")
        order = Order.objects.get(pk=draft.pk)
        assert allocate_receipt(order=order, origin=NOW) == order.receipt_number
        customer.refresh_from_db()
        assert customer.next_receipt_number == 2
