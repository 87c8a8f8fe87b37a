"""Random lives of money: whatever is tried, every balance is the sum of its transactions."""

import random
from collections import Counter
from collections.abc import Callable

import pytest
import stripe

from tests.stripesim.contract import contract
from tests.stripesim.test_accounts import of
from tests.stripesim.test_money import charge
from tests.stripesim.test_transfers import balances, ready
from tests.support.stripesim import StripeSim

STEPS = 60
CARDS = ("visa", "bypassPending", "fr", "pendingRefund", "refundFail", "createDispute",
         "createDisputeInquiry")  # fmt: skip


class Life:
    """One sandbox, its accounts, and what may be done to them next."""

    def __init__(self, client: stripe.StripeClient, sim: StripeSim, seed: int) -> None:
        self.random = random.Random(seed)
        self.client, self.sim = client, sim
        self.accounts = [
            ready(sim),
            ready(sim, country="DE"),
            ready(sim, country="JP", bank="999000111111113"),
        ]
        self.charges: list[str] = []
        self.transfers: list[str] = []
        self.payouts: list[tuple[str, str]] = []

    def sell(self) -> None:
        card = f"pm_card_{self.random.choice(CARDS)}"
        amount = self.random.randint(500, 9000)
        self.charges.append(charge(self.client, card, amount, self.random.choice(("usd", "eur"))))

    def refund(self) -> None:
        wish = {"charge": self.random.choice(self.charges), "amount": self.random.randint(1, 3000)}
        self.client.v1.refunds.create(wish)

    def transfer(self) -> None:
        wish = {"currency": "usd", "destination": self.random.choice(self.accounts)}
        if self.random.random() < 0.4:
            wish["source_transaction"] = self.random.choice(self.charges)
        made = self.client.v1.transfers.create({**wish, "amount": self.random.randint(1, 4000)})
        self.transfers.append(made.id)

    def reverse(self) -> None:
        wish = {"amount": self.random.randint(1, 2000)}
        transfer = self.random.choice(self.transfers)
        self.client.v1.transfers.reversals.create(transfer, wish)

    def pay_out(self) -> None:
        account = self.random.choice(self.accounts)
        currency, (available, _) = self.random.choice(list(balances(self.client, account).items()))
        wish = {"amount": self.random.randint(1, max(1, available)), "currency": currency}
        made = self.client.v1.payouts.create(wish, of(account))
        self.payouts.append((account, made.id))

    def call_off(self) -> None:
        account, payout = self.random.choice(self.payouts)
        if self.random.random() < 0.5:
            self.client.v1.payouts.cancel(payout, options=of(account))
        else:
            self.client.v1.payouts.reverse(payout, options=of(account))

    def argue(self) -> None:
        dispute = self.random.choice(self.client.v1.disputes.list().data)
        text = self.random.choice(("winning", "losing", "escalate_inquiry"))
        evidence = {"evidence": {"uncategorized_text": f"{text}_evidence"}}
        self.client.v1.disputes.update(dispute.id, evidence)

    def wait(self) -> None:
        self.sim.control("clock/advance", {"hours": self.random.choice((1, 20, 70))})

    def step(self) -> bool:
        """Try something; whether it went through. Only the refusals that Stripe knows count."""
        verbs: list[Callable[[], None]] = [
            self.sell, self.sell, self.refund, self.transfer, self.transfer, self.reverse,
            self.pay_out, self.call_off, self.argue, self.wait,
        ]  # fmt: skip
        try:
            self.random.choice(verbs)()
        except (stripe.InvalidRequestError, IndexError):
            return False
        return True

    def check(self, account: str | None) -> None:
        options = of(account) if account else {}
        rows = self.client.v1.balance_transactions.list({"limit": 100}, options)
        sums: Counter[str] = Counter()
        for row in rows.auto_paging_iter():
            assert row.net == row.amount - row.fee
            sums[row.currency] += row.net
        shown = {name: sum(pair) for name, pair in balances(self.client, account).items()}
        assert {name: sums[name] for name in shown} == shown
        assert set(sums) <= set(shown)
        if account:
            assert all(amount >= 0 for amount in shown.values())


@pytest.mark.parametrize("seed", range(3))
def test_every_balance_is_the_sum_of_its_transactions(
    client: stripe.StripeClient, stripesim: StripeSim, seed: int
) -> None:
    life = Life(client, stripesim, seed)
    stripesim.control("balance", {"amount": 20000})
    done = sum(life.step() for _ in range(STEPS))
    assert done > STEPS // 3
    stripesim.control("clock/advance", {"days": 30})
    for account in (None, *life.accounts):
        life.check(account)
        options = of(account) if account else {}
        for event in client.v1.events.list({"limit": 100}, options).data:
            found = contract().check_event(event.to_dict())
            assert [problem for problem in found if problem.level != "notice"] == []
    moved = [client.v1.transfers.retrieve(transfer) for transfer in life.transfers]
    for transfer in moved:
        back = sum(reversal.amount for reversal in transfer.reversals.data)
        assert transfer.amount_reversed == back <= transfer.amount
