from __future__ import annotations

import pytest

from apps.core.errors import InvalidTransition
from apps.core.origin import Door, system_origin
from apps.events.models import Event
from apps.orders.errors import OrderNotDraft, PaymentAlreadyInProgress
from apps.orders.models import Order
from apps.orders.operations import (
    acquire_payment_lock,
    claim_draft_order,
    pay_order,
    release_payment_lock,
    return_order_to_draft,
    unvoid_order,
    void_order,
)
from tests.support.drafts import allow_off_session, make_buyer, make_draft
from tests.support.merchants import make_organization

pytestmark = pytest.mark.django_db
NOW = system_origin(Door.TASK)


@pytest.fixture
def draft() -> Order:
    organization = make_organization()
    allow_off_session(organization)
    return make_draft(organization, make_buyer(organization))


@pytest.fixture
def pending(draft: Order) -> Order:
    claim_draft_order(order_id=draft.pk, origin=NOW)
    release_payment_lock(order_id=draft.pk, origin=NOW)
    draft.refresh_from_db()
    return draft


def types_of(order: Order) -> list[str]:
    events = Event.objects.filter(subject_id=str(order.pk)).order_by("id")
    return list(events.values_list("type", flat=True))


class TestVoidOrder:
    def test_gives_a_pending_order_up_and_unvoid_takes_it_back(self, pending: Order) -> None:
        Order.objects.filter(pk=pending.pk).update(next_payment_attempt_at=NOW.at)
        voided = void_order(order_id=pending.pk, origin=NOW)
        assert (voided.status, voided.next_payment_attempt_at) == ("void", None)

        back = unvoid_order(order_id=pending.pk, origin=NOW)
        assert (back.status, back.next_payment_attempt_at) == ("pending", None)
        assert types_of(pending)[-2:] == ["order.voided", "order.unvoided"]
        assert Event.objects.get(type="order.voided").payload["due_amount"] == 2000

    def test_refuses_while_a_charge_is_under_way(self, pending: Order) -> None:
        acquire_payment_lock(order_id=pending.pk, origin=NOW)
        with pytest.raises(PaymentAlreadyInProgress):
            void_order(order_id=pending.pk, origin=NOW)
        assert Order.objects.get(pk=pending.pk).status == "pending"
        assert "order.voided" not in types_of(pending)

    def test_refuses_every_other_state(self, draft: Order) -> None:
        for move in (void_order, unvoid_order):
            with pytest.raises(InvalidTransition):
                move(order_id=draft.pk, origin=NOW)
        pay_order(order_id=draft.pk, origin=NOW)
        for move in (void_order, unvoid_order):
            with pytest.raises(InvalidTransition):
                move(order_id=draft.pk, origin=NOW)


class TestPayOrder:
    def test_happens_once(self, draft: Order) -> None:
        claim_draft_order(order_id=draft.pk, origin=NOW)
        first = pay_order(order_id=draft.pk, origin=NOW)
        second = pay_order(order_id=draft.pk, origin=NOW)

        assert (first.status, first.payment_lock_acquired_at) == ("paid", None)
        assert first.invoice_number and second.invoice_number == first.invoice_number
        assert types_of(draft).count("order.paid") == 1

    def test_refuses_a_voided_order(self, pending: Order) -> None:
        void_order(order_id=pending.pk, origin=NOW)
        with pytest.raises(InvalidTransition):
            pay_order(order_id=pending.pk, origin=NOW)
        assert Order.objects.get(pk=pending.pk).invoice_number is None


class TestClaimDraftOrder:
    def test_is_for_one_alone_until_it_is_a_draft_again(self, draft: Order) -> None:
        claimed = claim_draft_order(order_id=draft.pk, origin=NOW)
        assert claimed.payment_lock_acquired_at == NOW.at
        with pytest.raises(OrderNotDraft):
            claim_draft_order(order_id=draft.pk, origin=NOW)

        returned = return_order_to_draft(order_id=draft.pk, message="Declined.", origin=NOW)
        assert (returned.status, returned.payment_lock_acquired_at) == ("draft", None)
        assert returned.invoice_number is None
        assert claim_draft_order(order_id=draft.pk, origin=NOW).status == "pending"

    def test_leaves_a_paid_order_paid(self, draft: Order) -> None:
        pay_order(order_id=draft.pk, origin=NOW)
        assert return_order_to_draft(order_id=draft.pk, message="", origin=NOW).status == "paid"
