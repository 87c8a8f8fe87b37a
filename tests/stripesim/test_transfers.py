"""Transfers to connected accounts and their reversals: balances on both sides, always."""

from typing import Any

import pytest
import stripe

from tests.stripesim.test_accounts import express, of, told
from tests.stripesim.test_money import booked, charge
from tests.support.stripesim import StripeSim


def ready(sim: StripeSim, **body: Any) -> str:
    """A connected account that may be paid."""
    return str(sim.control("accounts", body)["id"])


def fund(sim: StripeSim, amount: int, **body: Any) -> None:
    sim.control("balance", {"amount": amount, **body})


def balances(client: stripe.StripeClient, account: str | None = None) -> dict[str, tuple[int, int]]:
    """(available, pending) by currency."""
    found = client.v1.balance.retrieve(options=of(account) if account else {})
    pairs = zip(found.available, found.pending, strict=True)
    return {now.currency: (now.amount, later.amount) for now, later in pairs}


def test_a_transfer_moves_money_once(client: stripe.StripeClient, stripesim: StripeSim) -> None:
    account = ready(stripesim)
    fund(stripesim, 5000)
    wish = {
        "amount": 3000,
        "currency": "usd",
        "destination": account,
        "transfer_group": "payout-1",
        "metadata": {"payout_id": "1"},
        "expand": ["balance_transaction", "destination", "destination_payment"],
    }
    key = {"idempotency_key": "payout-1"}
    transfer = client.v1.transfers.create(wish, key)
    assert client.v1.transfers.create(wish, key).id == transfer.id
    assert transfer.destination.id == account
    assert (transfer.balance_transaction.type, transfer.balance_transaction.net) == (
        "transfer",
        -3000,
    )
    payment = client.v1.charges.retrieve(
        transfer.destination_payment.id,
        {"expand": ["balance_transaction", "source_transfer"]},
        of(account),
    )
    assert payment.id.startswith("py_")
    assert (payment.balance_transaction.type, payment.balance_transaction.net) == ("payment", 3000)
    assert payment.source_transfer.id == transfer.id
    assert balances(client) == {"usd": (2000, 0)}
    assert balances(client, account) == {"usd": (3000, 0)}
    listed = client.v1.transfers.list({"transfer_group": "payout-1", "destination": account}).data
    assert [one.id for one in listed] == [transfer.id]
    client.v1.transfers.update(transfer.id, {"metadata": {"k": "v"}, "description": "First"})
    assert client.v1.transfers.retrieve(transfer.id).metadata.to_dict() == {
        "payout_id": "1",
        "k": "v",
    }
    newest = [event.type for event in client.v1.events.list({"limit": 2}).data]
    assert newest == ["transfer.updated", "transfer.created"]
    rows = client.v1.balance_transactions.list({"expand": ["data.source"]}, of(account)).data
    assert [row.source.id for row in rows] == [payment.id]


def test_what_a_transfer_refuses(client: stripe.StripeClient, stripesim: StripeSim) -> None:
    account = ready(stripesim)
    fund(stripesim, 100)
    wish = {"amount": 101, "currency": "usd", "destination": account}

    def refusal(**change: Any) -> stripe.InvalidRequestError:
        with pytest.raises(stripe.InvalidRequestError) as caught:
            client.v1.transfers.create({**wish, **change})
        return caught.value

    assert refusal().code == "balance_insufficient"
    assert refusal(amount=50, currency="eur").code == "balance_insufficient"
    unknown = refusal(destination="acct_none")
    assert (unknown.code, unknown.param) == ("resource_missing", "destination")
    fresh = express(client).id
    assert refusal(destination=fresh).code == "insufficient_capabilities_for_transfer"
    client.v1.accounts.reject(account, {"reason": "fraud"})
    assert refusal(amount=50).code == "insufficient_capabilities_for_transfer"
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.transfers.create({"currency": "usd", "destination": account})
    assert caught.value.code in ("parameter_missing", "insufficient_capabilities_for_transfer")
    assert balances(client) == {"usd": (100, 0)}


def test_a_transfer_from_a_charge_waits_with_it(
    client: stripe.StripeClient, stripesim: StripeSim
) -> None:
    account = ready(stripesim)
    source = charge(client, "pm_card_visa", 2000)
    wish = {"currency": "usd", "destination": account, "source_transaction": source}
    first = client.v1.transfers.create(
        {**wish, "amount": 1500, "expand": ["balance_transaction", "source_transaction"]}
    )
    assert first.balance_transaction.available_on == booked(client, source).available_on
    assert first.transfer_group == f"group_{first.source_transaction.payment_intent}"
    assert balances(client, account) == {"usd": (0, 1500)}
    with pytest.raises(stripe.InvalidRequestError, match="must not exceed"):
        client.v1.transfers.create({**wish, "amount": 501})
    assert client.v1.transfers.create(wish).amount == 500
    with pytest.raises(stripe.InvalidRequestError, match="must be the same"):
        client.v1.transfers.create({**wish, "currency": "eur"})
    reversal = client.v1.transfers.reversals.create(first.id, {"amount": 1000})
    assert reversal.amount == 1000
    assert balances(client, account) == {"usd": (0, 1000)}
    stripesim.control("clock/advance", {"days": 5})
    assert balances(client, account) == {"usd": (1000, 0)}
    assert balances(client) == {"usd": (2000 - 88 - 1000, 0)}


@pytest.mark.parametrize(
    ("country", "amount", "currency", "settled", "rate"),
    [
        ("DE", 1080, "eur", 1000, 0.925926),
        ("GB", 1000, "gbp", 787, 0.787402),
        ("JP", 1000, "jpy", 1493, 149.253731),
        ("US", 1000, "usd", 1000, None),
    ],
)
def test_an_account_of_another_currency_converts(
    client: stripe.StripeClient,
    stripesim: StripeSim,
    country: str,
    amount: int,
    currency: str,
    settled: int,
    rate: float | None,
) -> None:
    account = ready(stripesim, country=country)
    fund(stripesim, amount)
    transfer = client.v1.transfers.create(
        {"amount": amount, "currency": "usd", "destination": account}
    )
    expand = {"expand": ["balance_transaction"]}
    payment = client.v1.charges.retrieve(transfer.destination_payment, expand, of(account))
    moved = payment.balance_transaction
    assert (payment.amount, payment.currency) == (amount, "usd")
    assert (moved.amount, moved.currency, moved.exchange_rate) == (settled, currency, rate)
    assert balances(client, account) == {currency: (settled, 0)}
    client.v1.transfers.reversals.create(transfer.id)
    assert balances(client, account) == {currency: (0, 0)}


def test_rates_can_be_set_and_several_currencies_held(
    client: stripe.StripeClient, stripesim: StripeSim
) -> None:
    stripesim.control("config", {"rates": {"eur": "1.25"}, "settlement_currencies": ["usd", "eur"]})
    account = ready(stripesim)
    euro = {"country": "DE", "currency": "eur", "account_number": "DE89370400440532013000"}
    client.v1.accounts.external_accounts.create(account, {"bank_account": euro})
    assert booked(client, charge(client, "pm_card_fr", 1000, "eur")).currency == "eur"
    fund(stripesim, 1000, currency="eur")
    fund(stripesim, 1000)
    for currency in ("eur", "usd", "eur"):
        client.v1.transfers.create({"amount": 400, "currency": currency, "destination": account})
    assert balances(client, account) == {"eur": (800, 0), "usd": (400, 0)}
    german = ready(stripesim, country="DE")
    client.v1.transfers.create({"amount": 500, "currency": "usd", "destination": german})
    assert balances(client, german) == {"eur": (400, 0)}
    assert balances(client) == {"eur": (200, 1000 - 74), "usd": (100, 0)}


def test_reversals(client: stripe.StripeClient, stripesim: StripeSim) -> None:
    account = ready(stripesim)
    fund(stripesim, 3000)
    transfer = client.v1.transfers.create(
        {"amount": 3000, "currency": "usd", "destination": account}
    )
    reversals = client.v1.transfers.reversals
    first = reversals.create(
        transfer.id,
        {
            "amount": 1000,
            "metadata": {"k": "v"},
            "expand": ["balance_transaction", "destination_payment_refund"],
        },
        {"idempotency_key": "reversal-1"},
    )
    assert first.balance_transaction.type == "transfer_refund"
    assert first.destination_payment_refund.id.startswith("pyr_")
    back = client.v1.refunds.retrieve(
        first.destination_payment_refund.id, {"expand": ["balance_transaction"]}, of(account)
    )
    assert (back.balance_transaction.type, back.balance_transaction.net) == (
        "payment_refund",
        -1000,
    )
    found = client.v1.transfers.retrieve(transfer.id)
    assert (found.amount_reversed, found.reversed, len(found.reversals.data)) == (1000, False, 1)
    with pytest.raises(stripe.InvalidRequestError, match="greater than unreversed"):
        reversals.create(transfer.id, {"amount": 2001})
    fund(stripesim, -1500, account=account)
    with pytest.raises(stripe.InvalidRequestError) as caught:
        reversals.create(transfer.id)
    assert caught.value.code == "balance_insufficient"
    fund(stripesim, 1500, account=account)
    reversals.create(transfer.id)
    with pytest.raises(stripe.InvalidRequestError, match="already fully reversed"):
        reversals.create(transfer.id)
    assert client.v1.transfers.retrieve(transfer.id).reversed
    assert len(reversals.list(transfer.id, {"limit": 10}).data) == 2
    reversals.update(transfer.id, first.id, {"metadata": {"k": ""}})
    assert reversals.retrieve(transfer.id, first.id).metadata.to_dict() == {}
    assert balances(client) == {"usd": (3000, 0)}
    assert balances(client, account) == {"usd": (0, 0)}
    newest = [event.type for event in client.v1.events.list({"limit": 3}).data]
    assert newest == ["transfer.reversed", "transfer.reversed", "transfer.created"]
    with pytest.raises(stripe.InvalidRequestError, match="came by a transfer"):
        client.v1.refunds.create({"charge": transfer.destination_payment}, of(account))
    assert "account.updated" in told(client, account)
