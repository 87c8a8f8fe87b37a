"""Payouts: to the bank, back again, called off, reversed; and what the account hears of it."""

from datetime import UTC, datetime
from typing import Any

import pytest
import stripe

from tests.stripesim.test_accounts import express, of, told
from tests.stripesim.test_transfers import balances, fund, ready
from tests.support.stripesim import StripeSim

LEAVES = 10  # seconds after its creation
FRIDAY = int(datetime(2027, 1, 8, 15, 30, tzinfo=UTC).timestamp())
MONDAY = int(datetime(2027, 1, 11, tzinfo=UTC).timestamp())


def pay_out(client: stripe.StripeClient, account: str, **change: Any) -> stripe.Payout:
    wish = {"amount": 1000, "currency": "usd", "statement_descriptor": "ADA", **change}
    return client.v1.payouts.create(wish, of(account))


def status(client: stripe.StripeClient, account: str, payout: str) -> str:
    return str(client.v1.payouts.retrieve(payout, options=of(account)).status)


@pytest.fixture
def account(client: stripe.StripeClient, stripesim: StripeSim) -> str:
    """A ready account with 30.00."""
    found = ready(stripesim)
    fund(stripesim, 3000, account=found)
    return found


def test_a_payout_arrives(client: stripe.StripeClient, stripesim: StripeSim, account: str) -> None:
    stripesim.control("clock/set", {"now": FRIDAY, "frozen": True})
    before = len(told(client, account))
    payout = pay_out(client, account, expand=["balance_transaction", "destination"])
    assert (payout.status, payout.automatic, payout.arrival_date) == ("pending", False, MONDAY)
    assert (payout.balance_transaction.type, payout.balance_transaction.net) == ("payout", -1000)
    assert payout.destination.last4 == "6789"
    assert balances(client, account) == {"usd": (2000, 0)}
    stripesim.control("clock/advance", {"seconds": LEAVES})
    assert status(client, account, payout.id) == "in_transit"
    stripesim.control("clock/advance", {"days": 3})
    paid = client.v1.payouts.retrieve(payout.id, options=of(account))
    assert (paid.status, paid.trace_id.status) == ("paid", "supported")
    assert told(client, account)[before:] == ["payout.created", "payout.updated", "payout.paid"]
    rows = client.v1.balance_transactions.list({"payout": payout.id}, of(account)).data
    assert [row.source for row in rows] == [payout.id]
    for found in ({"status": "paid"}, {"arrival_date": {"gte": MONDAY}}, {"arrival_date": MONDAY}):
        listed = client.v1.payouts.list({**found, "limit": 5}, of(account)).data
        assert [one.id for one in listed] == [payout.id]
    assert client.v1.payouts.list({"arrival_date": {"gt": MONDAY}}, of(account)).data == []
    assert client.v1.payouts.list().data == []
    client.v1.payouts.update(payout.id, {"metadata": {"k": "v"}}, of(account))


@pytest.mark.parametrize(
    ("bank", "code"),
    [
        ("000111111116", "no_account"),
        ("000111111113", "account_closed"),
        ("000222222227", "insufficient_funds"),
        ("000333333335", "debit_not_authorized"),
        ("000444444440", "invalid_currency"),
    ],
)
def test_a_payout_comes_back(
    client: stripe.StripeClient, stripesim: StripeSim, bank: str, code: str
) -> None:
    account = ready(stripesim, bank=bank)
    fund(stripesim, 3000, account=account)
    before = len(told(client, account))
    payout = pay_out(client, account)
    stripesim.control("clock/advance", {"days": 4})
    expand = {"expand": ["failure_balance_transaction", "destination"]}
    failed = client.v1.payouts.retrieve(payout.id, expand, of(account))
    assert (failed.status, failed.failure_code) == ("failed", code)
    assert failed.failure_message
    assert failed.failure_balance_transaction.type == "payout_failure"
    assert failed.failure_balance_transaction.amount == 1000
    assert failed.destination.status == "errored"
    assert balances(client, account) == {"usd": (3000, 0)}
    assert told(client, account)[before:] == [
        "payout.created",
        "payout.updated",
        "payout.failed",
        "account.external_account.updated",
        "account.updated",
    ]
    assert not client.v1.accounts.retrieve(account).payouts_enabled
    with pytest.raises(stripe.InvalidRequestError) as caught:
        pay_out(client, account)
    assert caught.value.code == "bank_account_unusable"
    client.v1.accounts.update(account, {"external_account": "btok_us_verified"})
    assert client.v1.accounts.retrieve(account).payouts_enabled
    again = pay_out(client, account)
    stripesim.control("clock/advance", {"days": 4})
    assert status(client, account, again.id) == "paid"


def test_a_payout_comes_back_after_it_was_paid(
    client: stripe.StripeClient, stripesim: StripeSim, account: str
) -> None:
    payout = pay_out(client, account)
    steer = f"payouts/{payout.id}"
    for outcome in ("in_transit", "paid"):
        assert stripesim.control(steer, {"outcome": outcome})["status"] == outcome
    done = stripesim.control(steer, {"outcome": "failed", "code": "account_frozen"})
    assert done["status"] == "failed"
    assert told(client, account)[-5:-2] == ["payout.updated", "payout.paid", "payout.failed"]
    assert balances(client, account) == {"usd": (3000, 0)}
    stripesim.control("clock/advance", {"days": 4})
    assert status(client, account, payout.id) == "failed"


def test_a_pending_payout_can_be_canceled(
    client: stripe.StripeClient, stripesim: StripeSim, account: str
) -> None:
    payout = pay_out(client, account)
    canceled = client.v1.payouts.cancel(payout.id, options=of(account))
    assert canceled.status == "canceled"
    assert balances(client, account) == {"usd": (3000, 0)}
    assert told(client, account)[-1] == "payout.canceled"
    late = pay_out(client, account)
    stripesim.control("clock/advance", {"days": 4})
    assert status(client, account, payout.id) == "canceled"
    with pytest.raises(stripe.InvalidRequestError, match="this one is paid"):
        client.v1.payouts.cancel(late.id, options=of(account))


def test_a_paid_payout_can_be_reversed(
    client: stripe.StripeClient, stripesim: StripeSim, account: str
) -> None:
    payout = pay_out(client, account)
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.payouts.reverse(payout.id, options=of(account))
    stripesim.control("clock/advance", {"days": 4})
    back = client.v1.payouts.reverse(
        payout.id, {"metadata": {"k": "v"}, "expand": ["original_payout"]}, of(account)
    )
    assert (back.amount, back.original_payout.reversed_by) == (-1000, back.id)
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.payouts.reverse(payout.id, options=of(account))
    stripesim.control("clock/advance", {"days": 4})
    assert balances(client, account) == {"usd": (3000, 0)}
    assert status(client, account, back.id) == "paid"


def test_what_a_payout_refuses(
    client: stripe.StripeClient, stripesim: StripeSim, account: str
) -> None:
    def refusal(name: str = account, **change: Any) -> stripe.InvalidRequestError:
        with pytest.raises(stripe.InvalidRequestError) as caught:
            pay_out(client, name, **change)
        return caught.value

    assert refusal(amount=3001).code == "balance_insufficient"
    assert "external accounts in that currency" in str(refusal(currency="eur"))
    assert refusal(method="instant").code == "instant_payouts_unsupported"
    assert refusal(destination="ba_none").param == "destination"
    fund(stripesim, 500, account=account, days=2)
    assert refusal(amount=3500).code == "balance_insufficient"
    fresh = express(client, external_account="btok_us_verified").id
    assert refusal(fresh).code == "payouts_not_allowed"
    client.v1.accounts.reject(account, {"reason": "other"})
    assert refusal().code == "payouts_not_allowed"
    assert client.v1.payouts.list(options=of(account)).data == []


def test_the_platform_pays_itself_out(client: stripe.StripeClient, stripesim: StripeSim) -> None:
    fund(stripesim, 1000)
    payout = client.v1.payouts.create({"amount": 700, "currency": "usd"})
    stripesim.control("clock/advance", {"days": 4})
    assert client.v1.payouts.retrieve(payout.id).status == "paid"
    assert balances(client) == {"usd": (300, 0)}


def test_fees_billed_apart(client: stripe.StripeClient, stripesim: StripeSim) -> None:
    fund(stripesim, 1000)
    stripesim.control("fees", {"amount": 25, "description": "Connect: payout fee"})
    row = client.v1.balance_transactions.list({"type": "stripe_fee", "expand": ["data.source"]})
    assert [(fee.net, fee.reporting_category) for fee in row.data] == [(-25, "fee")]
    assert balances(client) == {"usd": (975, 0)}


def test_what_paying_others_costs(client: stripe.StripeClient, stripesim: StripeSim) -> None:
    stripesim.control("clock/set", {"now": FRIDAY, "frozen": True})
    stripesim.control("config", {"connect_fees": True})
    account = ready(stripesim, country="DE")
    fund(stripesim, 21600)
    client.v1.transfers.create({"amount": 21600, "currency": "usd", "destination": account})
    for amount in (10000, 5000):
        pay_out(client, account, amount=amount, currency="eur")
        stripesim.control("clock/advance", {"days": 4})
    rows = client.v1.balance_transactions.list({"type": "stripe_fee"}).data[::-1]
    assert [(row.description, row.net) for row in rows] == [
        ("Connect (2027-01): Cross-Border Transfers", -54),
        ("Connect (2027-01): Active Account", -200),
        ("Connect (2027-01): Payout Fee", -25),
        ("Connect (2027-01): Account Volume", -27),
        ("Connect (2027-01): Payout Fee", -25),
        ("Connect (2027-01): Account Volume", -14),
    ]


@pytest.mark.parametrize(
    ("schedule", "day"),
    [
        ({"interval": "daily"}, "2027-01-11"),
        ({"interval": "weekly", "weekly_anchor": "wednesday"}, "2027-01-13"),
        ({"interval": "monthly", "monthly_anchor": 20}, "2027-01-20"),
    ],
)
def test_an_account_is_paid_by_its_schedule(
    client: stripe.StripeClient, stripesim: StripeSim, schedule: dict[str, Any], day: str
) -> None:
    stripesim.control("clock/set", {"now": FRIDAY, "frozen": True})
    account = ready(stripesim)
    fund(stripesim, 700, account=account)
    fund(stripesim, 300, account=account)
    fund(stripesim, 5000, account=account, days=40)
    client.v1.accounts.update(account, {"settings": {"payouts": {"schedule": schedule}}})
    stripesim.control("clock/advance", {"days": 14})
    payouts = client.v1.payouts.list(options=of(account)).data
    assert [(one.amount, one.automatic, one.status) for one in payouts] == [(1000, True, "paid")]
    assert datetime.fromtimestamp(payouts[0].created, UTC).date().isoformat() == day
    parts = client.v1.balance_transactions.list({"payout": payouts[0].id}, of(account)).data
    assert sorted(row.amount for row in parts) == [-1000, 300, 700]
    assert balances(client, account) == {"usd": (0, 5000)}
    assert "payout.reconciliation_completed" in told(client, account)
    manual = {"settings": {"payouts": {"schedule": {"interval": "manual"}}}}
    client.v1.accounts.update(account, manual)
    stripesim.control("clock/advance", {"days": 60})
    assert balances(client, account) == {"usd": (5000, 0)}
