"""A sale whose processes die, or whose answers are lost, at every step: still one sale."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from apps.catalog.inputs import PriceInput, ProductInput
from apps.catalog.operations import create_product
from apps.checkouts.errors import NotOpenCheckout
from apps.checkouts.models import Checkout
from apps.checkouts.operations import (
    NewCheckout,
    confirm_checkout,
    create_checkout,
    resume_checkout,
    withdraw_former_intent,
)
from apps.checkouts.selectors import unsettled_checkout_ids
from apps.core.origin import Door, Origin, system_origin
from apps.events.models import Event
from apps.orders.models import Order
from apps.payments.operations import book_missing_charge, record_charge
from apps.payments.selectors import unbooked_payment_ids
from apps.processors import gateway
from apps.processors.errors import PaymentError, ProcessorUnavailable
from tests.support import crashes
from tests.support.ledger_of_sales import is_booked, require_one_sale
from tests.support.stripesim import stripesim
from tests.support.tills import BUYER, Till, provider, till

__all__ = ["stripesim", "till"]


@pytest.fixture
def checkout(till: Till) -> Checkout:
    organization = till.merchant.organization
    origin = system_origin(Door.COMMAND)
    price = PriceInput(kind="fixed", currency="usd", fixed_amount=2000)
    product = create_product(
        organization=organization,
        data=ProductInput(name="Handbook", prices=[price]),
        origin=origin,
    )
    return create_checkout(
        organization=organization, data=NewCheckout(product_ids=[product.pk]), origin=origin
    )


def later(minutes: int = 5) -> Origin:
    origin = system_origin(Door.TASK)
    return replace(origin, at=origin.at + timedelta(minutes=minutes))


def sweep() -> None:
    """What the periodic job does, some minutes from now."""
    origin = later()
    for checkout_id in unsettled_checkout_ids(at=origin.at, limit=10):
        resume_checkout(checkout_id=checkout_id, origin=origin)


def confirm(
    till: Till,
    checkout_id: UUID,
    method: str = "pm_card_visa",
    buyer: Mapping[str, Any] = BUYER,
) -> Checkout:
    return confirm_checkout(
        checkout_id=checkout_id,
        changes=buyer,
        confirmation_token_id=till.token(method),
        origin=system_origin(Door.CHECKOUT),
    )


def by_webhooks(till: Till, checkout_id: UUID) -> None:
    till.settle_until(lambda: is_booked(checkout_id))


def by_sweep(till: Till, checkout_id: UUID) -> None:
    sweep()
    assert Order.objects.filter(checkout_id=checkout_id).exists()


LATE = ("after the payment is asked for", "before the answer commits", "after the answer commits")


class TestBuyersProcessDies:
    @pytest.mark.parametrize("recover", [by_webhooks, by_sweep])
    @pytest.mark.parametrize("point", crashes.CONFIRM_POINTS)
    def test_leaves_one_sale(
        self,
        till: Till,
        checkout: Checkout,
        point: str,
        recover: Callable[[Till, UUID], None],
    ) -> None:
        if recover is by_sweep:
            till.sim.control("deliveries/pause", {})
        code = crashes.run(
            "confirm",
            point,
            till.sim.url,
            checkout_id=str(checkout.pk),
            token=till.token(),
            buyer=BUYER,
        )
        assert code == crashes.EXIT_CODE

        if point == "before the intention commits":
            assert Checkout.objects.get().status == "open"
            confirm(till, checkout.pk)
        else:
            with pytest.raises(NotOpenCheckout):
                confirm(till, checkout.pk)
        if recover is by_webhooks and point not in LATE:
            # Nothing was asked for, so nothing is reported either: the sweep has to ask.
            sweep()
        recover(till, checkout.pk)

        till.sim.control("deliveries/resume", {})
        till.settle_until(lambda: is_booked(checkout.pk))
        sweep()
        require_one_sale(till, checkout.pk)


class TestWorkerDies:
    @pytest.mark.parametrize("point", crashes.WORKER_POINTS)
    def test_leaves_one_sale(self, till: Till, checkout: Checkout, point: str) -> None:
        confirm(till, checkout.pk)
        till.deliver()
        code = crashes.run("handle", point, till.sim.url)
        assert code == crashes.EXIT_CODE

        till.settle_until(lambda: is_booked(checkout.pk))
        sweep()
        require_one_sale(till, checkout.pk)


class TestLostAnswers:
    @pytest.mark.parametrize("kind", ["drop_before", "drop_after", "500", "503"])
    @pytest.mark.parametrize("path", ["/v1/customers$", "/v1/payment_intents$"])
    def test_block_a_second_try_until_the_outcome_is_known(
        self, till: Till, checkout: Checkout, kind: str, path: str
    ) -> None:
        till.sim.control("faults", {"kind": kind, "method": "POST", "path": path, "count": 1})

        assert confirm(till, checkout.pk).status == "confirmed"
        with pytest.raises(NotOpenCheckout):
            confirm(till, checkout.pk)
        sweep()

        till.settle_until(lambda: is_booked(checkout.pk))
        require_one_sale(till, checkout.pk)

    def test_of_a_decline_open_the_checkout_again(self, till: Till, checkout: Checkout) -> None:
        till.sim.control("faults", {"kind": "drop_after", "path": "/v1/payment_intents$"})
        declined = "pm_card_visa_chargeDeclined"
        assert confirm(till, checkout.pk, declined).status == "confirmed"
        sweep()
        assert Checkout.objects.get().status == "open"

        confirm(till, checkout.pk)
        till.settle_until(lambda: is_booked(checkout.pk))
        require_one_sale(till, checkout.pk)

    def test_without_a_call_open_it_at_once(self, till: Till, checkout: Checkout) -> None:
        rule = {"kind": "429", "method": "POST", "path": "/v1/payment_intents$"}
        till.sim.control("faults", rule)
        with pytest.raises(ProcessorUnavailable):
            confirm(till, checkout.pk)
        assert Checkout.objects.get().status == "open"

        confirm(till, checkout.pk)
        till.settle_until(lambda: is_booked(checkout.pk))
        require_one_sale(till, checkout.pk)


class TestLostWebhooks:
    def test_of_the_settlement_are_made_up_for(self, till: Till, checkout: Checkout) -> None:
        till.sim.control("deliveries/pause", {})
        confirm(till, checkout.pk)
        charge = gateway.read_charge(
            gateway.read_payment_intent(Checkout.objects.get().intent_id or "").charge_id or ""
        )
        record_charge(charge=charge, origin=system_origin(Door.WEBHOOK))
        assert Order.objects.get().platform_fee_amount == 0
        assert unbooked_payment_ids(at=later(1).at, limit=9) == []
        [payment_id] = unbooked_payment_ids(at=later(20).at, limit=9)

        for _ in range(2):
            book_missing_charge(payment_id=payment_id, origin=later(20))

        assert unbooked_payment_ids(at=later(20).at, limit=9) == []
        require_one_sale(till, checkout.pk)

    def test_and_answers_for_a_day_leave_it_to_people(self, till: Till, checkout: Checkout) -> None:
        till.sim.control("deliveries/pause", {})
        rule = {"kind": "drop_before", "method": "POST", "path": "/v1/payment_intents$"}
        till.sim.control("faults", rule)
        confirm(till, checkout.pk)
        for _ in range(2):
            resume_checkout(checkout_id=checkout.pk, origin=later(24 * 60))
        row = Checkout.objects.get()
        assert (row.status, row.next_check_at) == ("confirmed", None)
        assert Event.objects.filter(type="checkout.outcome_unknown").count() == 1
        assert not till.charges(checkout.pk)


class TestAbandonedAuthentication:
    def test_is_withdrawn_when_the_checkouts_time_is_over(
        self, till: Till, checkout: Checkout
    ) -> None:
        confirm(till, checkout.pk, "pm_card_threeDSecure2Required")
        sweep()
        row = Checkout.objects.get()
        assert (row.status, row.intent_status) == ("confirmed", "requires_action")

        resume_checkout(checkout_id=row.pk, origin=later(minutes=25 * 60))

        assert Checkout.objects.get().status == "open"
        intent: Any = till.sim.client().v1.payment_intents.retrieve(row.intent_id or "")
        assert intent.status == "canceled"

    def test_that_failed_is_taken_from_the_buyer(self, till: Till, checkout: Checkout) -> None:
        confirm(till, checkout.pk, "pm_card_threeDSecure2Required")
        former = Checkout.objects.get().intent_id or ""
        withdraw_former_intent(checkout_id=checkout.pk, origin=provider())
        till.answer_challenge(former, passes=False)
        till.settle_until(lambda: Checkout.objects.get().status == "open")

        for _ in range(2):
            withdraw_former_intent(checkout_id=checkout.pk, origin=provider())

        assert till.sim.client().v1.payment_intents.retrieve(former).status == "canceled"
        confirm(till, checkout.pk)
        till.settle_until(lambda: is_booked(checkout.pk))
        require_one_sale(till, checkout.pk)

    def test_passed_after_all_is_not_charged_twice(self, till: Till, checkout: Checkout) -> None:
        confirm(till, checkout.pk, "pm_card_threeDSecure2Required")
        former = Checkout.objects.get().intent_id or ""
        till.sim.control("deliveries/pause", {})
        till.answer_challenge(former)
        # As if a failure had been reported in between: open again, the money already taken.
        row = Checkout.objects.get()
        from apps.checkouts.operations import handle_failure

        handle_failure(checkout_id=row.pk, attempt=1, message="", origin=later())
        assert confirm(till, checkout.pk).status == "succeeded"

        till.sim.control("deliveries/resume", {})
        till.settle_until(lambda: is_booked(checkout.pk))
        require_one_sale(till, checkout.pk)


class TestRefusals:
    def test_of_the_processor_reach_the_buyer(self, till: Till, checkout: Checkout) -> None:
        with pytest.raises(PaymentError) as refusal:
            confirm(till, checkout.pk, "pm_card_chargeDeclinedLostCard")
        assert refusal.value.decline_code == "lost_card"
        assert Checkout.objects.get().failure_message == refusal.value.detail
