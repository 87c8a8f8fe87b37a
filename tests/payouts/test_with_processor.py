"""Payouts at the sandbox: transferred, sent, arrived, come back; and answers that are lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from apps.core.origin import Origin
from apps.payouts import inbound
from apps.payouts.errors import PayoutNotCancelable, PayoutOutcomeOpen
from apps.payouts.models import Payout, PayoutAttempt
from apps.payouts.operations import (
    cancel_payout,
    create_payout_account,
    onboarding_url,
    register_payout_account,
    retry_payout,
    send_attempt,
    send_payout_to_bank,
    transfer_payout,
)
from apps.payouts.readiness import INCOMPLETE, READY, status_of
from apps.payouts.selectors import money_of
from apps.processors import gateway
from apps.processors.models import InboundEvent
from tests.payouts.conftest import NOW, Bank, make_bank
from tests.support.books import broken_books
from tests.support.payouts import origin_at
from tests.support.stripesim import StripeSim, stripesim

__all__ = ["stripesim"]
pytestmark = pytest.mark.django_db(transaction=True)
TRANSFERS, PAYOUTS = "/v1/transfers$", "/v1/payouts$"


def current(payout: Payout) -> Payout:
    return Payout.objects.select_related("organization", "payout_account").get(pk=payout.pk)


def send(payout: Payout, origin: Origin) -> PayoutAttempt:
    transfer_payout(payout_id=payout.pk, origin=origin)
    attempt = send_payout_to_bank(payout_id=payout.pk, origin=origin)
    assert attempt is not None
    return attempt


def report(bank: Bank, attempt: PayoutAttempt, event: str = "payout.updated") -> None:
    """What the sandbox says of the payout now, as its webhook would."""
    options: Any = {"stripe_account": bank.account.processor_id}
    found = bank.sim.client().v1.payouts.retrieve(attempt.processor_id, None, options)
    inbound.take_bank_payout(found.to_dict(), InboundEvent(type=event), origin_at(NOW))


class TestTheWay:
    def test_leads_to_the_bank(self, bank: Bank, origin: Origin) -> None:
        payout = bank.request()
        attempt = send(payout, origin)
        assert current(payout).status == "pending"
        assert attempt.amount == 9750 and attempt.processor_id

        bank.sim.control(f"payouts/{attempt.processor_id}", {"outcome": "paid"})
        report(bank, attempt, "payout.paid")

        done = current(payout)
        assert (done.status, done.settled_amount, done.account_amount) == ("succeeded", 9750, 9750)
        assert len(bank.transfers(payout)) == len(bank.bank_payouts()) == 1
        assert broken_books() == []

    def test_comes_back_and_is_tried_again_in_parts(self, bank: Bank, origin: Origin) -> None:
        payout = bank.request()
        attempt = send(payout, origin)
        bank.sim.control(f"payouts/{attempt.processor_id}", {"outcome": "paid"})
        report(bank, attempt)
        bank.sim.control(
            f"payouts/{attempt.processor_id}", {"outcome": "failed", "code": "account_closed"}
        )
        report(bank, attempt)
        failed = current(payout)
        assert (failed.status, failed.failure_code) == ("failed", "account_closed")
        assert failed.settled_amount == 0 and broken_books() == []

        # The holder gives another bank account.
        bank.sim.client().v1.accounts.update(
            bank.account.processor_id or "", {"external_account": "btok_us"}
        )
        retry_payout(payout_id=payout.pk, amount=5000, origin=origin)
        first = payout.attempts.get(number=2)
        assert first.processor_id, first.failure_message
        bank.sim.control(f"payouts/{first.processor_id}", {"outcome": "paid"})
        report(bank, first)
        assert (current(payout).status, current(payout).settled_amount) == ("in_transit", 5000)

        retry_payout(payout_id=payout.pk, origin=origin)
        rest = payout.attempts.get(number=3)
        assert rest.amount == 4750
        bank.sim.control(f"payouts/{rest.processor_id}", {"outcome": "paid"})
        report(bank, rest)
        assert current(payout).status == "succeeded"
        assert broken_books() == []

    def test_waits_until_the_account_has_the_money(self, bank: Bank, origin: Origin) -> None:
        payout = bank.request()
        transfer_payout(payout_id=payout.pk, origin=origin)
        Payout.objects.filter(pk=payout.pk).update(account_amount=9_999_999)
        assert send_payout_to_bank(payout_id=payout.pk, origin=origin) is None
        assert bank.bank_payouts() == []

    def test_in_another_currency_takes_what_arrived(
        self, stripesim: StripeSim, settings: Any, origin: Origin
    ) -> None:
        bank = make_bank(stripesim, settings, country="DE", currency="eur")
        assert bank.account.currency == "eur"
        payout = bank.request()
        attempt = send(payout, origin)

        charge = bank.transfers(payout)[0].destination_payment
        options: Any = {"stripe_account": bank.account.processor_id}
        arrived = stripesim.client().v1.charges.retrieve(
            charge, {"expand": ["balance_transaction"]}, options
        )
        assert attempt.currency == "eur"
        assert attempt.amount == arrived.balance_transaction.net != payout.amount
        bank.sim.control(f"payouts/{attempt.processor_id}", {"outcome": "paid"})
        report(bank, attempt)
        assert (current(payout).status, current(payout).settled_amount) == (
            "succeeded",
            payout.amount,
        )

    @pytest.mark.parametrize(
        ("country", "currency"), [("HU", "huf"), ("TW", "twd"), ("IS", "isk"), ("UG", "ugx")]
    )
    def test_in_whole_hundreds_leaves_the_rest_in_the_account(
        self, stripesim: StripeSim, settings: Any, origin: Origin, country: str, currency: str
    ) -> None:
        bank = make_bank(stripesim, settings, country=country, currency=currency)
        payout = bank.request()
        transfer_payout(payout_id=payout.pk, origin=origin)
        arrived = gateway.read_connected_balance(bank.account.processor_id or "")[currency]
        whole = current(payout).account_amount or 0
        assert whole == arrived - arrived % 100 > 0

        # A third of it, then what is left: together all of the payout, to the last cent.
        for amount in (whole // 300 * 100, None):
            retry_payout(payout_id=payout.pk, amount=amount, origin=origin)
            attempt = payout.attempts.order_by("-number")[0]
            assert attempt.processor_id, attempt.failure_message
            bank.sim.control(f"payouts/{attempt.processor_id}", {"outcome": "paid"})
            report(bank, attempt)
        done = current(payout)
        assert (done.status, done.settled_amount) == ("succeeded", payout.amount)
        left = gateway.read_connected_balance(bank.account.processor_id or "")
        assert left.get(currency, 0) == arrived % 100
        assert broken_books() == []


class TestRefusals:
    def test_of_the_transfer_are_told_and_can_be_tried_again(
        self, bank: Bank, origin: Origin
    ) -> None:
        payout = bank.request()
        drained = bank.sim.client().v1.balance.retrieve().available[0].amount
        bank.sim.control("balance", {"amount": -drained})
        transfer_payout(payout_id=payout.pk, origin=origin)
        refused = current(payout)
        assert (refused.status, refused.failure_code) == ("failed", "balance_insufficient")
        assert refused.transfer_status == "none"

        bank.sim.control("balance", {"amount": 1_000_000})
        retry_payout(payout_id=payout.pk, origin=origin)
        assert current(payout).transfer_status == "made"
        assert len(bank.transfers(payout)) == 1


class TestLostAnswers:
    @pytest.mark.parametrize("kind", ["drop_after", "drop_before"])
    def test_leave_one_transfer(self, bank: Bank, origin: Origin, kind: str) -> None:
        payout = bank.request()
        bank.fault(kind, TRANSFERS)
        transfer_payout(payout_id=payout.pk, origin=origin)
        assert current(payout).transfer_status == "asked"
        with pytest.raises(PayoutOutcomeOpen):
            cancel_payout(payout_id=payout.pk, origin=origin)

        transfer_payout(payout_id=payout.pk, origin=origin)
        assert current(payout).transfer_status == "made"
        assert len(bank.transfers(payout)) == 1 and broken_books() == []

    @pytest.mark.parametrize("kind", ["drop_after", "drop_before"])
    @pytest.mark.parametrize("days", [0, 2])
    def test_leave_one_payout(self, bank: Bank, origin: Origin, kind: str, days: int) -> None:
        payout = bank.request()
        transfer_payout(payout_id=payout.pk, origin=origin)
        bank.fault(kind, PAYOUTS)
        attempt = send_payout_to_bank(payout_id=payout.pk, origin=origin)
        assert attempt is not None and not attempt.processor_id
        with pytest.raises(PayoutOutcomeOpen):
            retry_payout(payout_id=payout.pk, amount=100, origin=origin)
        with pytest.raises(PayoutNotCancelable):
            cancel_payout(payout_id=payout.pk, origin=origin)

        # Also when the processor has forgotten the key by then.
        later = origin_at(NOW + timedelta(days=days))
        assert send_attempt(attempt_id=attempt.pk, origin=later).processor_id
        assert len(bank.bank_payouts()) == 1

    @pytest.mark.parametrize("kind", ["drop_after", "drop_before"])
    def test_of_a_return_give_the_money_back_once(
        self, bank: Bank, origin: Origin, kind: str
    ) -> None:
        payout = bank.request()
        transfer_payout(payout_id=payout.pk, origin=origin)
        bank.fault(kind, "/reversals$")
        with pytest.raises(Exception, match="did not confirm"):
            cancel_payout(payout_id=payout.pk, origin=origin)
        assert current(payout).transfer_status == "returning"
        assert send_payout_to_bank(payout_id=payout.pk, origin=origin) is None

        cancel_payout(payout_id=payout.pk, origin=origin)
        canceled = current(payout)
        assert (canceled.status, canceled.transfer_status) == ("canceled", "returned")
        assert bank.transfers(payout)[0].amount_reversed == 9750
        assert money_of(bank.organization.pk, at=NOW).available_amount == 9750
        assert broken_books() == []


class TestAccounts:
    def test_are_opened_once_and_lead_to_onboarding(self, bank: Bank, origin: Origin) -> None:
        account = create_payout_account(type="stripe", country="FR", currency="eur", origin=origin)
        bank.fault("drop_after", "/v1/accounts$")
        with pytest.raises(Exception, match="did not confirm"):
            register_payout_account(account_id=account.pk, origin=origin)
        opened = register_payout_account(account_id=account.pk, origin=origin)
        again = register_payout_account(account_id=account.pk, origin=origin)

        assert opened.processor_id == again.processor_id
        assert status_of(opened) == INCOMPLETE and opened.requirements["due"]
        url = onboarding_url(
            account_id=account.pk,
            return_url="https://shop.example/done",
            refresh_url="https://shop.example/again",
            origin=origin,
        )
        assert url.startswith("http")

    def test_are_read_anew_when_the_processor_speaks_of_them(self, bank: Bank) -> None:
        account = bank.account
        account.is_payout_enabled = False
        account.save()
        inbound.take_account({"id": account.processor_id}, InboundEvent(), origin_at(NOW))
        account.refresh_from_db()
        assert status_of(account) == READY
