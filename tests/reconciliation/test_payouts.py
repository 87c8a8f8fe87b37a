"""Money sent to payout accounts agrees with the statement, also when an answer was lost."""

from __future__ import annotations

from typing import Any

import pytest

from apps.payouts.models import Payout
from apps.payouts.operations import cancel_payout, transfer_payout
from apps.reconciliation.models import BalanceTransaction, Discrepancy
from apps.reconciliation.operations import plan_repair, repair_discrepancy
from tests.payouts.conftest import NOW, Bank, make_bank
from tests.support.damage import lose_entries
from tests.support.payouts import origin_at
from tests.support.reconciling import compare, later
from tests.support.refunding import balances_hash
from tests.support.stripesim import StripeSim

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bank(stripesim: StripeSim, settings: Any) -> Bank:
    return make_bank(stripesim, settings)


@pytest.fixture
def sent(bank: Bank) -> Payout:
    return transfer_payout(payout_id=bank.request().pk, origin=origin_at(NOW))


def line(category: str) -> BalanceTransaction:
    return BalanceTransaction.objects.get(category=category)


def repair(category: str) -> None:
    row = Discrepancy.objects.get(transaction=line(category), status="open")
    plan = plan_repair(discrepancy_id=row.pk, origin=later())
    assert not plan.obstacles
    repair_discrepancy(discrepancy_id=row.pk, agreed=plan.fingerprint, origin=later())
    assert line(category).status == "matched"


class TestTransfers:
    def test_agree_on_their_way_there_and_back(self, bank: Bank, sent: Payout) -> None:
        cancel_payout(payout_id=sent.pk, origin=origin_at(NOW))
        compare()
        for category in ("transfer", "transfer_reversal"):
            assert (line(category).status, line(category).matched_id) == ("matched", sent.pk)

    def test_whose_answer_was_lost_are_settled_by_the_repair(self, bank: Bank) -> None:
        payout = bank.request()
        bank.fault("drop_after", "/v1/transfers")
        transfer_payout(payout_id=payout.pk, origin=origin_at(NOW))
        payout.refresh_from_db()
        assert payout.transfer_status == "asked"
        compare()
        repair("transfer")
        payout.refresh_from_db()
        assert (payout.transfer_status, payout.transfer_id) == ("made", line("transfer").source_id)
        assert len(bank.transfers(payout)) == 1

    def test_whose_entry_is_lost_are_booked_again(self, bank: Bank, sent: Payout) -> None:
        compare()
        sound = balances_hash()
        assert lose_entries(type="payout_transfer") == 1
        compare(70)
        repair("transfer")
        assert balances_hash() == sound

    def test_of_nobody_are_left_to_a_person(self, bank: Bank) -> None:
        bank.sim.client().v1.transfers.create(
            {"amount": 300, "currency": "usd", "destination": bank.account.processor_id or ""}
        )
        compare()
        row = Discrepancy.objects.get(transaction=line("transfer"))
        plan = plan_repair(discrepancy_id=row.pk, origin=later())
        assert plan.obstacles == ("The transfer names no payout of ours.",)
