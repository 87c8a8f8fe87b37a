"""The statement of the balance, page by page, of ours and of a connected account."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from apps.processors import gateway
from apps.processors.errors import ProcessorUnavailable
from tests.processors.paying import pay, point_at, sim
from tests.support.stripesim import StripeSim, stripesim

__all__ = ["sim", "stripesim"]


@pytest.fixture(autouse=True)
def fresh_statement(sim: StripeSim) -> None:
    sim.control("reset", {})


class TestLines:
    def test_tell_what_moved_and_what_for(self, sim: StripeSim) -> None:
        intent = pay(sim)
        for _ in range(50):
            if gateway.list_balance_transactions().lines:
                break
            sim.control("clock/advance", {"seconds": 1})
        line = gateway.list_balance_transactions().lines[0]
        assert (line.type, line.category, line.source_id) == ("charge", "charge", intent.charge_id)
        assert (line.amount, line.fee, line.net, line.currency) == (1900, 85, 1815, "usd")
        assert line.available_at > line.created_at
        sim.control("fees", {"amount": 25, "description": "Connect (2026-11): Payout Fee"})
        fee = gateway.list_balance_transactions().lines[0]
        assert (fee.category, fee.source_id, fee.net) == ("fee", "", -25)
        assert fee.description == "Connect (2026-11): Payout Fee"
        found = gateway.list_balance_transactions(source_id=str(intent.charge_id))
        assert found.lines == (line,)

    def test_of_a_connected_account_are_its_own(self, sim: StripeSim) -> None:
        account = sim.control("accounts", {})["id"]
        sim.control("balance", {"amount": 700, "account": account})
        assert [one.net for one in gateway.list_balance_transactions(account_id=account).lines] == [
            700
        ]
        assert gateway.list_balance_transactions().lines == ()


class TestPages:
    def test_follow_each_other_though_money_moves_meanwhile(self, sim: StripeSim) -> None:
        for amount in (1, 2, 3, 4, 5):
            sim.control("balance", {"amount": amount})
        first = gateway.list_balance_transactions(limit=2)
        sim.control("balance", {"amount": 6})
        second = gateway.list_balance_transactions(limit=2, after=first.after)
        third = gateway.list_balance_transactions(limit=2, after=second.after)
        pages = [[line.net for line in page.lines] for page in (first, second, third)]
        assert pages == [[5, 4], [3, 2], [1]]
        assert third.after == ""
        everything = [line.net for line in gateway.iterate_balance_transactions()]
        assert everything == [6, 5, 4, 3, 2, 1]

    def test_keep_to_their_window(self, sim: StripeSim) -> None:
        sim.control("balance", {"amount": 1})
        line = gateway.list_balance_transactions().lines[0]
        second = timedelta(seconds=1)
        at = line.created_at
        assert gateway.list_balance_transactions(since=at, until=at + second).lines == (line,)
        assert gateway.list_balance_transactions(since=at + second).lines == ()
        assert gateway.list_balance_transactions(until=at).lines == ()

    def test_are_not_there_while_the_processor_is_not(self, settings: Any) -> None:
        point_at("http://127.0.0.1:9", settings)
        with pytest.raises(ProcessorUnavailable):
            gateway.list_balance_transactions()


class TestTransfers:
    def test_tell_the_group_that_they_were_made_under(self, sim: StripeSim) -> None:
        account = sim.control("accounts", {})["id"]
        sim.control("balance", {"amount": 700})
        made = gateway.create_transfer(
            key="t1", amount=300, currency="usd", account_id=account, group="payout-1", metadata={}
        )
        assert gateway.read_transfer(made.id) == (made, "payout-1")
