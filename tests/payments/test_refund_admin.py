"""Refunds in the backoffice: planned from the order, looked after where they do not arrive."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from apps.approvals.models import Approval
from apps.orders.models import Order
from apps.payments.models import Refund
from apps.wallets.selectors import balance
from tests.backoffice.acting import act, agree, happened
from tests.backoffice.conftest import staff
from tests.support.books import broken_books
from tests.support.refunding import (
    held_by,
    lost_payment,
    paid_order,
    refund,
    require_refunded,
    state_of,
)
from tests.support.stripesim import stripesim
from tests.support.tills import Till, till

__all__ = ["staff", "stripesim", "till"]

VERB = "payments_refund_refund_order"


@pytest.fixture
def order(till: Till) -> Order:
    return paid_order(till)


def asking(order: Order, **more: str) -> dict[str, str]:
    return {"order": str(order.pk), "amount": "", "why": "customer_request", **more}


@pytest.fixture
def came_back(till: Till, order: Order) -> Refund:
    """A refund of 6.00 that the bank has sent back."""
    made = refund(order, 500)
    till.sim.control(f"refunds/{made.processor_id}", {"outcome": "fail"})
    till.settle()
    made.refresh_from_db()
    return made


def test_shows_what_follows_and_does_it(till: Till, order: Order, staff: Any) -> None:
    page = staff("finance").get(reverse("admin:orders_order_change", args=[order.pk]))
    assert f"{reverse(f'admin:{VERB}')}?order={order.pk}" in page.content.decode()

    shown = act(staff("finance"), VERB, **asking(order, amount="5.00")).content.decode()
    told = ("$6.00", "partially_refunded", "tax liability", "order.refunded", "POST /v1/refunds")
    for text in told:
        assert text in shown, text
    assert state_of(order) == ("paid", 0, 0)
    agree(staff("finance"), VERB, **asking(order, amount="5.00"))

    assert state_of(order) == ("partially_refunded", 500, 100)
    made = Refund.objects.get()
    assert (made.source, made.comment) == ("staff", "Asked by phone")
    assert happened("order.refunded", "finance@example.com")
    page = staff("viewer").get(reverse("admin:payments_refund_change", args=[made.pk]))
    assert f"refund:{made.pk}" in page.content.decode()
    found = staff("viewer").get(reverse("admin:find"), {"q": made.processor_id})
    assert str(made.pk) in found.content.decode()
    page = staff("viewer").get(reverse("admin:customers_customer_change", args=[order.customer_id]))
    assert str(made.pk) in page.content.decode()
    require_refunded(till, order, 600)


def test_is_for_finance_and_asked_for_by_support(till: Till, order: Order, staff: Any) -> None:
    assert act(staff("viewer"), VERB, **asking(order)).status_code == 403
    page = staff("viewer").get(reverse("admin:orders_order_change", args=[order.pk]))
    assert reverse(f"admin:{VERB}") not in page.content.decode()

    agree(staff("support"), VERB, **asking(order, amount="5.00"))
    assert not Refund.objects.exists()

    approval = Approval.objects.get()
    agree(staff("finance"), "approvals_approval_approve", approval.pk)
    approval.refresh_from_db()
    assert (approval.status, approval.decided_by.email) == ("applied", "finance@example.com")
    assert approval.subject_label == "orders.order"
    require_refunded(till, order, 600)


def test_says_why_not(order: Order, staff: Any) -> None:
    for amount, text in (("25.00", "At most"), ("x", "Not an amount"), ("0", "more than nothing")):
        shown = act(staff("finance"), VERB, **asking(order, amount=amount)).content.decode()
        assert text in shown, text
    assert not Refund.objects.exists()


def test_one_that_came_back_is_listed_and_tried_again(
    till: Till, order: Order, came_back: Refund, staff: Any
) -> None:
    url = reverse("admin:payments_refund_changelist")
    assert str(came_back.pk) in staff("finance").get(f"{url}?attention=yes").content.decode()
    assert "1 did not arrive" in staff("viewer").get(reverse("admin:index")).content.decode()
    agree(staff("finance"), "payments_refund_retry", came_back.pk)
    assert str(came_back.pk) not in staff("finance").get(f"{url}?attention=yes").content.decode()
    require_refunded(till, order, 600)
    assert act(staff("finance"), "payments_refund_credit", came_back.pk).status_code == 404


def test_one_that_came_back_becomes_credit(order: Order, came_back: Refund, staff: Any) -> None:
    agree(staff("finance"), "payments_refund_credit", came_back.pk)
    assert balance(order.customer_id, "usd") == 600
    assert happened("refund.resolved", "finance@example.com")
    assert not broken_books()


def test_one_that_came_back_can_be_left(came_back: Refund, staff: Any) -> None:
    agree(staff("finance"), "payments_refund_dismiss", came_back.pk)
    came_back.refresh_from_db()
    assert came_back.resolution == "dismissed"


def test_a_pending_one_is_asked_after(till: Till, staff: Any) -> None:
    order = paid_order(till, card="pm_card_pendingRefund")
    made = refund(order)
    till.sim.control("deliveries/pause", {})
    till.sim.control("clock/advance", {"seconds": 120})
    act(staff("support"), "payments_refund_ask_again", made.pk)
    assert state_of(order)[0] == "refunded"


def test_money_without_an_order_is_returned_at_once(till: Till, staff: Any) -> None:
    payment = lost_payment(till)
    page = staff("finance").get(reverse("admin:payments_payment_change", args=[payment.pk]))
    url = f"{reverse('admin:payments_refund_return_payment')}?payment={payment.pk}"
    assert url in page.content.decode()
    agree(staff("finance"), "payments_refund_return_payment", payment=payment.processor_id)
    made = Refund.objects.get()
    assert (made.status, made.source, made.order) == ("succeeded", "staff", None)
    assert "unclaimed_payments" not in {k for k, v in held_by(payment.organization_id).items() if v}
    assert not broken_books()


def test_a_lost_one_is_imported(till: Till, order: Order, staff: Any) -> None:
    till.sim.control("deliveries/pause", {})
    charge = order.payments.get().processor_id
    there = till.sim.client().v1.refunds.create({"charge": charge, "amount": 600})
    verb = "payments_refund_import_refund"

    shown = act(staff("finance"), verb, processor_id=there.id).content.decode()
    assert "partially_refunded" in shown and "already" in shown
    assert not Refund.objects.exists()
    agree(staff("finance"), verb, processor_id=there.id)

    require_refunded(till, order, 600)
    again = act(staff("finance"), verb, processor_id=there.id).content.decode()
    assert f"{there.id} is succeeded" in again
    assert "no such refund" in act(staff("finance"), verb, processor_id="re_x").content.decode()


def test_refunds_of_an_order_are_blocked_and_allowed_again(order: Order, staff: Any) -> None:
    shown = act(staff("finance"), "orders_order_block_refunds", order.pk).content.decode()
    assert "allowed" in shown and "still take their course" in shown
    agree(staff("finance"), "orders_order_block_refunds", order.pk)
    assert "blocked for this order" in act(staff("finance"), VERB, **asking(order)).content.decode()
    assert act(staff("support"), "orders_order_unblock_refunds", order.pk).status_code == 403
    agree(staff("finance"), "orders_order_unblock_refunds", order.pk)
    agree(staff("finance"), VERB, **asking(order))
    assert state_of(order)[0] == "refunded"
