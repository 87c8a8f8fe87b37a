"""Buyers, webhooks and workers that meet at one sale."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from apps.checkouts.errors import CheckoutLocked, NotOpenCheckout
from apps.checkouts.locks import lock_open_checkout
from apps.checkouts.models import Checkout
from apps.checkouts.operations import charging, confirming, update_checkout
from apps.core.origin import Door, system_origin
from apps.events.models import Event
from apps.ledger.models import Account
from apps.ledger.selectors import balances
from apps.orders.models import Order
from apps.payments.models import Payment
from apps.processors import gateway
from apps.processors.models import InboundEvent
from apps.processors.operations import handle_inbound_event, replay_inbound_event
from tests.concurrency.test_sale_crashes import checkout, confirm
from tests.support.books import broken_books
from tests.support.ledger_of_sales import is_booked, require_one_sale
from tests.support.stripesim import stripesim
from tests.support.tills import Till, provider, till

__all__ = ["checkout", "stripesim", "till"]


def require_books_of_the_processor(till: Till, checkout: Checkout) -> None:
    """What the processor made of the checkout's charges is in the books, to the cent."""
    found = till.sim.client().v1.balance_transactions.list({"limit": 100}).auto_paging_iter()
    ids = {charge.id for charge in till.charges(checkout.pk)}
    theirs = sum(one.net for one in found if one.source in ids)
    [ours] = balances(Account.objects.filter(kind="processor_balance"))
    assert (len(ids), ours.balance.amount) == (2, theirs)
    assert not broken_books()


def together(*works: Callable[[], object]) -> list[object]:
    """Run in threads that start at the same moment; their results, or the errors they died of."""
    barrier = threading.Barrier(len(works))
    results: list[object] = [None] * len(works)

    def run(position: int, work: Callable[[], object]) -> None:
        try:
            barrier.wait(10)
            results[position] = work()
        except Exception as error:
            results[position] = error
        finally:
            connection.close()

    threads = [
        threading.Thread(target=run, args=(position, work)) for position, work in enumerate(works)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


class TestTwoConfirmations:
    def test_both_pass_where_the_row_is_not_locked(
        self, till: Till, checkout: Checkout, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The race is there: without the lock both buyers get past the guard."""
        barrier = threading.Barrier(2)

        def unlocked(checkout_id: Any) -> Checkout:
            found = Checkout.objects.select_related("organization", "product", "price").get(
                pk=checkout_id
            )
            barrier.wait(10)
            if found.status != "open":
                raise NotOpenCheckout
            return found

        monkeypatch.setattr(confirming, "lock_open_checkout", unlocked)
        together(*[lambda: confirm(till, checkout.pk)] * 2)
        assert Event.objects.filter(type="checkout.confirmed").count() == 2

    @pytest.mark.parametrize("_round", range(3))
    def test_one_wins(self, till: Till, checkout: Checkout, _round: int) -> None:
        results = together(*[lambda: confirm(till, checkout.pk)] * 4)

        refused = [found for found in results if isinstance(found, Exception)]
        assert len(refused) == 3
        assert all(isinstance(found, NotOpenCheckout | CheckoutLocked) for found in refused)
        till.settle_until(lambda: is_booked(checkout.pk))
        require_one_sale(till, checkout.pk)

    def test_a_change_does_not_wait_for_a_confirmation(
        self, till: Till, checkout: Checkout
    ) -> None:
        from django.db import transaction

        def change() -> object:
            return update_checkout(
                checkout_id=checkout.pk,
                changes={"customer_name": "Late"},
                origin=system_origin(Door.CHECKOUT),
            )

        with transaction.atomic():
            lock_open_checkout(checkout.pk)
            [result] = together(change)
        assert isinstance(result, CheckoutLocked)


class TestConfirmationAgainstWebhook:
    def test_the_webhooks_may_be_faster_than_the_answer(
        self, till: Till, checkout: Checkout, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = gateway.confirm_payment_intent

        def slow(**arguments: Any) -> gateway.Intent:
            intent = real(**arguments)
            [outcome] = together(lambda: till.settle_until(lambda: is_booked(checkout.pk)))
            assert outcome is None
            return intent

        monkeypatch.setattr(charging.gateway, "confirm_payment_intent", slow)
        assert confirm(till, checkout.pk).status == "succeeded"
        require_one_sale(till, checkout.pk)

    def test_they_may_meet(self, till: Till, checkout: Checkout, monkeypatch: Any) -> None:
        real = gateway.confirm_payment_intent
        asked = threading.Event()

        def told(**arguments: Any) -> gateway.Intent:
            intent = real(**arguments)
            asked.set()
            return intent

        monkeypatch.setattr(charging.gateway, "confirm_payment_intent", told)

        def handle() -> None:
            asked.wait(20)
            till.settle_until(lambda: is_booked(checkout.pk))

        results = together(lambda: confirm(till, checkout.pk), handle)
        assert not [found for found in results if isinstance(found, Exception)]
        require_one_sale(till, checkout.pk)

    def test_a_late_failure_of_an_earlier_attempt_changes_nothing(
        self, till: Till, checkout: Checkout
    ) -> None:
        """It must not open the way for a third payment while the second is under way."""
        till.sim.control("deliveries/pause", {})
        with pytest.raises(gateway_error()):
            confirm(till, checkout.pk, "pm_card_visa_chargeDeclined")
        confirm(till, checkout.pk, "pm_card_threeDSecure2Required")
        row = Checkout.objects.get()
        till.sim.control("deliveries/resume", {})
        till.settle_until(lambda: Payment.objects.filter(status="failed").exists())

        row.refresh_from_db()
        assert (row.status, row.attempt_count) == ("confirmed", 2)
        till.answer_challenge(row.intent_id or "")
        till.settle_until(lambda: is_booked(checkout.pk))
        require_one_sale(till, checkout.pk)


def gateway_error() -> type[Exception]:
    from apps.processors.errors import PaymentError

    return PaymentError


class TestWebhooks:
    def test_in_any_order_and_often(self, till: Till, checkout: Checkout) -> None:
        till.sim.control("deliveries/shuffle", {"on": True})
        till.sim.control("deliveries/duplicate", {"copies": 3})
        confirm(till, checkout.pk)
        till.settle_until(lambda: is_booked(checkout.pk))
        till.settle()
        require_one_sale(till, checkout.pk)

    def test_settlement_first(self, till: Till, checkout: Checkout) -> None:
        confirm(till, checkout.pk)
        till.deliver()
        for event in InboundEvent.objects.filter(type="charge.updated"):
            handle_inbound_event(event_id=event.pk, origin=provider())
        assert is_booked(checkout.pk)
        till.settle()
        require_one_sale(till, checkout.pk)

    def test_replayed(self, till: Till, checkout: Checkout) -> None:
        confirm(till, checkout.pk)
        till.settle_until(lambda: is_booked(checkout.pk))
        for event in InboundEvent.objects.exclude(status="received"):
            replay_inbound_event(
                event_id=event.pk, origin=system_origin(Door.BACKOFFICE).because("doubt")
            )
        till.settle()
        require_one_sale(till, checkout.pk)

    @pytest.mark.parametrize("_round", range(3))
    def test_handled_at_once_by_many(self, till: Till, checkout: Checkout, _round: int) -> None:
        confirm(till, checkout.pk)
        till.deliver()

        def handle(event: InboundEvent) -> Callable[[], object]:
            return lambda: handle_inbound_event(event_id=event.pk, origin=provider())

        results = together(*[handle(event) for event in till.open_events() for _ in range(2)])
        assert not [found for found in results if isinstance(found, Exception)]
        till.settle_until(lambda: is_booked(checkout.pk))
        require_one_sale(till, checkout.pk)

    def test_for_a_checkout_that_has_another_order_now_are_kept_for_staff(
        self, till: Till, checkout: Checkout
    ) -> None:
        confirm(till, checkout.pk)
        till.settle_until(lambda: is_booked(checkout.pk))
        stripe = till.sim.client()
        stripe.v1.payment_intents.create(
            {
                "amount": 2000,
                "currency": "usd",
                "confirm": True,
                "payment_method": "pm_card_visa",
                "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
                "metadata": {
                    "organization_id": str(checkout.organization_id),
                    "checkout_id": str(checkout.pk),
                },
            }
        )
        till.settle_until(lambda: Event.objects.filter(type="payment.outdated").exists())

        assert Order.objects.count() == 1
        counts = Counter(order is None for order in Payment.objects.values_list("order", flat=True))
        assert counts == {True: 1, False: 1}
        till.settle_until(lambda: not Payment.objects.filter(booked_at=None).exists())
        require_books_of_the_processor(till, checkout)
