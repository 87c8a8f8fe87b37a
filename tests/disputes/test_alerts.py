"""What the provider of alerts tells: proven, kept once, and never more than the bank says."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from apps.disputes.models import Dispute
from apps.orders.models import Order
from apps.payments.models import Payment, Refund
from apps.processors.models import InboundEvent
from tests.support.disputing import (
    ALERT_SECRET,
    alert_body,
    charge_of,
    decide,
    dispute_at_stripe,
    disputed,
    require_sound,
    send_alert,
    told,
)
from tests.support.refunding import paid_order, refund
from tests.support.stripesim import stripesim
from tests.support.tills import Till, till

__all__ = ["stripesim", "till"]


@pytest.fixture
def order(till: Till, settings: Any) -> Order:
    settings.CHARGEBACKSTOP_WEBHOOK_SECRET = ALERT_SECRET
    return paid_order(till)


def alert(till: Till, order: Order, outcome: str | None = None, **facts: Any) -> Dispute:
    answer = send_alert(Client(), alert_body(order, outcome, **facts))
    assert answer.status_code == 202
    till.settle()
    return Dispute.objects.get()


class TestSender:
    def test_has_to_prove_itself(self, order: Order) -> None:
        body = alert_body(order)
        assert send_alert(Client(), body, secret="another").status_code == 400
        assert send_alert(Client(), body, age=301).status_code == 400
        assert send_alert(Client(), body, age=-301).status_code == 400
        answer = Client().post("/webhooks/chargebackstop", data={}, content_type="application/json")
        assert answer.status_code == 400
        assert not InboundEvent.objects.filter(source="chargebackstop").exists()

    @pytest.mark.parametrize(
        "header", ["t=" + "9" * 400 + ",v1=00", "t=-1,v1=00", "t=\xb2,v1=00", "t=1e9,v1=\xff", ",,"]
    )
    def test_is_refused_whatever_they_write(self, order: Order, header: str) -> None:
        answer = Client().post(
            "/webhooks/chargebackstop",
            data=b"{}",
            content_type="application/json",
            headers={"Chargebackstop-Signature": header},
        )
        assert answer.status_code == 400

    def test_finds_nothing_where_no_secret_is_set(self, order: Order, settings: Any) -> None:
        settings.CHARGEBACKSTOP_WEBHOOK_SECRET = ""
        assert send_alert(Client(), alert_body(order)).status_code == 404

    def test_may_send_twice(self, till: Till, order: Order) -> None:
        body = alert_body(order)
        answers = [send_alert(Client(), body).json()["new"] for _ in range(2)]
        assert answers == [True, False]
        till.settle()
        assert told("dispute.opened") == 1

    def test_of_something_else_is_refused(self, order: Order) -> None:
        assert send_alert(Client(), {"type": "alert.created"}).status_code == 400


class TestAlert:
    def test_is_an_early_warning(self, till: Till, order: Order) -> None:
        dispute = alert(till, order)
        assert (dispute.status, dispute.amount, dispute.tax_amount) == ("early_warning", 2000, 400)
        assert (dispute.alert_id, dispute.alert_processor) == ("alert_1", "chargebackstop")
        assert dispute.processor_id is None
        refund(order)
        require_sound(order, "refunded", 2000, 400)

    def test_of_money_that_went_back_is_prevention(self, till: Till, order: Order) -> None:
        assert alert(till, order, "REFUNDED").status == "prevented"
        assert (told("dispute.opened"), told("dispute.prevented")) == (1, 1)

    def test_that_tells_so_later_too(self, till: Till, order: Order) -> None:
        alert(till, order)
        assert alert(till, order, "REFUNDED").status == "prevented"
        assert told("dispute.prevented") == 1

    def test_is_the_dispute_that_comes_after(self, till: Till, order: Order) -> None:
        warned = alert(till, order)
        dispute = disputed(till, order)
        assert dispute.pk == warned.pk
        assert (dispute.status, dispute.alert_id) == ("needs_response", "alert_1")
        assert told("dispute.opened") == 1

    def test_is_another_than_one_about_another_amount(self, till: Till, order: Order) -> None:
        alert(till, order)
        disputed(till, order, amount=600)
        assert Dispute.objects.count() == 2

    @pytest.mark.parametrize("outcome", ["NOT_REFUNDED", "REFUNDED"])
    def test_that_comes_late_changes_nothing_but_its_id(
        self, till: Till, order: Order, outcome: str
    ) -> None:
        disputed(till, order)
        dispute = alert(till, order, outcome)
        assert (dispute.status, dispute.alert_id) == ("needs_response", "alert_1")

    def test_waits_for_its_payment(self, till: Till, order: Order) -> None:
        body = alert_body(order)
        Payment.objects.filter(order=order).update(intent_id="pi_elsewhere")
        assert send_alert(Client(), body).status_code == 202
        till.settle()
        [event] = till.open_events()
        assert event.source == "chargebackstop"

    def test_of_a_resolution_is_a_refund(self, till: Till, order: Order) -> None:
        warned = alert(till, order, "REFUNDED")
        dispute_at_stripe(till, order, rapid_resolution=True)
        till.settle()
        made = Refund.objects.get()
        assert (made.dispute_id, made.reason) == (warned.pk, "dispute_prevention")
        assert Dispute.objects.get().status == "prevented"
        require_sound(order, "refunded", 2000, 400)


class TestProvidersRefund:
    def _refund(self, till: Till, order: Order) -> None:
        till.sim.client().v1.refunds.create(
            {"charge": charge_of(order), "metadata": {"cbs_related_alert_id": "alert_1"}}
        )
        till.settle()

    def test_is_tied_to_its_alert(self, till: Till, order: Order) -> None:
        warned = alert(till, order)
        self._refund(till, order)
        made = Refund.objects.get()
        assert (made.dispute_id, made.reason) == (warned.pk, "dispute_prevention")
        assert made.revoke_benefits
        require_sound(order, "refunded", 2000, 400)

    def test_waits_for_its_alert(self, till: Till, order: Order) -> None:
        self._refund(till, order)
        assert not Refund.objects.exists()
        alert(till, order, "REFUNDED")
        till.settle()
        assert Refund.objects.get().dispute_id == Dispute.objects.get().pk
        require_sound(order, "refunded", 2000, 400)

    def test_that_fails_lets_the_dispute_open(self, till: Till, order: Order) -> None:
        alert(till, order, "REFUNDED")
        dispute = disputed(till, order, amount=2400)
        assert (dispute.status, dispute.alert_id) == ("needs_response", "alert_1")
        decide(till, dispute, "won")
        require_sound(order, "paid", 0, 0)
