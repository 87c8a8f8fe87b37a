"""Money out under trouble: lost answers, repeated and simultaneous calls, two webhook endpoints."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import stripe

from tests.stripesim.contract import contract
from tests.stripesim.test_accounts import of
from tests.stripesim.test_transfers import balances, fund, ready
from tests.stripesim.test_webhooks import SECRET, Receiver, receiver
from tests.support.stripesim import StripeSim

__all__ = ["receiver"]


TROUBLE = (stripe.APIConnectionError, stripe.APIError, stripe.RateLimitError)


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "500", "429"])
def test_a_repeated_call_moves_money_once(
    client: stripe.StripeClient, stripesim: StripeSim, kind: str
) -> None:
    account = ready(stripesim)
    fund(stripesim, 5000)
    hurried = stripesim.client()  # gives up at the first trouble

    def insist(path: str, params: dict[str, Any], owner: str | None = None) -> str:
        """Call until an answer comes, and once more; the id that both answers name."""
        options: Any = {"idempotency_key": f"of-{path}", **(of(owner) if owner else {})}
        stripesim.control("faults", {"kind": kind, "method": "POST", "path": path})
        with pytest.raises(TROUBLE):
            hurried.raw_request("post", path, **params, **options)
        ids = {
            json.loads(hurried.raw_request("post", path, **params, **options).body)["id"]
            for _ in range(2)
        }
        assert len(ids) == 1
        return str(ids.pop())

    wish = {"amount": 3000, "currency": "usd", "destination": account}
    transfer = insist("/v1/transfers", wish)
    insist("/v1/payouts", {"amount": 1000, "currency": "usd"}, account)
    insist(f"/v1/transfers/{transfer}/reversals", {"amount": 500})
    assert balances(client) == {"usd": (2500, 0)}
    assert balances(client, account) == {"usd": (1500, 0)}


def test_a_key_remembers_that_money_lacked(
    client: stripe.StripeClient, stripesim: StripeSim
) -> None:
    account = ready(stripesim)
    wish = {"amount": 3000, "currency": "usd", "destination": account}
    for amount in (0, 5000):
        fund(stripesim, amount)
        with pytest.raises(stripe.InvalidRequestError) as caught:
            client.v1.transfers.create(wish, {"idempotency_key": "payout-1"})
        assert caught.value.code == "balance_insufficient"
    assert client.v1.transfers.create(wish, {"idempotency_key": "payout-1-again"}).amount == 3000


def test_payouts_at_the_same_time_never_overdraw(
    client: stripe.StripeClient, stripesim: StripeSim
) -> None:
    account = ready(stripesim)
    fund(stripesim, 5000, account=account)

    def pay_out(_: int) -> bool:
        try:
            stripesim.client().v1.payouts.create({"amount": 1500, "currency": "usd"}, of(account))
        except stripe.InvalidRequestError as error:
            return error.code != "balance_insufficient"
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(pay_out, range(8))) == 3
    assert balances(client, account) == {"usd": (500, 0)}


def test_events_go_to_the_endpoint_of_their_kind(
    client: stripe.StripeClient, stripesim: StripeSim, receiver: Receiver
) -> None:
    account = ready(stripesim)
    fund(stripesim, 5000)
    client.v1.transfers.create({"amount": 3000, "currency": "usd", "destination": account})
    payout = client.v1.payouts.create({"amount": 1000, "currency": "usd"}, of(account))
    stripesim.control("deliveries/flush", {})
    assert receiver.types == ["transfer.created"]
    assert "account" not in receiver.events[0]
    connect = {"url": receiver.url, "secret": SECRET, "connect": True}
    stripesim.control("webhook_endpoints", connect)
    stripesim.control(f"payouts/{payout.id}", {"outcome": "failed"})
    stripesim.control("deliveries/flush", {})
    assert sorted(receiver.types[1:]) == [
        "account.external_account.updated",
        "account.updated",
        "payout.failed",
        "payout.updated",
    ]
    for event in receiver.events[1:]:
        assert event["account"] == account
        assert [p for p in contract().check_event(event) if p.level != "notice"] == []
    of_payout = [e for e in receiver.events if e["type"].startswith("payout.")]
    assert [event["type"] for event in of_payout] == ["payout.updated", "payout.failed"]
    assert of_payout[1]["data"]["previous_attributes"]["status"] == "in_transit"
