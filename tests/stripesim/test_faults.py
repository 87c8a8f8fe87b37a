"""Idempotency keys and injected faults: what a careful client must survive."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import stripe

from tests.support.stripesim import StripeSim

SALE = {
    "amount": 2000,
    "currency": "usd",
    "payment_method": "pm_card_visa",
    "confirm": True,
    "off_session": True,
}


def pay(client: stripe.StripeClient, key: str, **params: object) -> stripe.PaymentIntent:
    return client.v1.payment_intents.create({**SALE, **params}, {"idempotency_key": key})


def charges(client: stripe.StripeClient) -> int:
    return len(client.v1.charges.list({"limit": 100}).data)


def test_same_key_gives_the_same_answer(client: stripe.StripeClient) -> None:
    first, again = pay(client, "a"), pay(client, "a")
    assert again.id == first.id
    headers = again.last_response.headers
    assert headers["idempotent-replayed"] == "true"
    assert headers["original-request"] == first.last_response.request_id
    assert again.last_response.request_id != first.last_response.request_id
    assert charges(client) == 1


def test_same_key_with_other_parameters_is_refused(client: stripe.StripeClient) -> None:
    pay(client, "a")
    with pytest.raises(stripe.IdempotencyError) as caught:
        pay(client, "a", amount=3000)
    assert caught.value.http_status == 400
    with pytest.raises(stripe.IdempotencyError):
        client.v1.customers.create({}, {"idempotency_key": "a"})
    with pytest.raises(stripe.IdempotencyError):
        pay(client, "k" * 256)


def test_a_decline_is_remembered_too(client: stripe.StripeClient) -> None:
    for _ in range(2):
        with pytest.raises(stripe.CardError):
            pay(client, "a", payment_method="pm_card_chargeDeclined")
    assert charges(client) == 1


def test_a_malformed_request_is_not_remembered(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        pay(client, "a", amount="many")
    assert pay(client, "a").status == "succeeded"


def test_a_key_is_forgotten_after_a_day(client: stripe.StripeClient, stripesim: StripeSim) -> None:
    first = pay(client, "a")
    stripesim.control("clock/advance", {"hours": 25})
    assert pay(client, "a").id != first.id


def test_a_key_in_use_is_refused(client: stripe.StripeClient, stripesim: StripeSim) -> None:
    stripesim.control("faults", {"kind": "delay", "seconds": 2.0, "path": "payment_intents$"})

    def attempt(_: int) -> object:
        try:
            return pay(stripesim.client(), "a").status
        except stripe.StripeError as error:
            return error.http_status

    with ThreadPoolExecutor(2) as pool:
        assert set(pool.map(attempt, range(2))) == {"succeeded", 409}
    assert charges(client) == 1


def test_an_invalid_request_leaves_nothing(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.payment_intents.create(
            {"amount": 500, "currency": "usd", "confirm": True, "payment_method": "pm_card_visa"}
        )  # a return_url is missing
    assert client.v1.payment_intents.list().data == []
    assert client.v1.events.list().data == []


@pytest.mark.parametrize(("kind", "made"), [("drop_before", 0), ("drop_after", 1)])
def test_a_lost_connection(
    client: stripe.StripeClient, stripesim: StripeSim, kind: str, made: int
) -> None:
    stripesim.control("faults", {"kind": kind, "method": "POST", "path": "/payment_intents$"})
    with pytest.raises(stripe.APIConnectionError):
        pay(stripesim.client(), "a")
    assert charges(client) == made
    assert pay(client, "a").status == "succeeded"
    assert charges(client) == 1


def test_the_library_retries_a_lost_answer(
    client: stripe.StripeClient, stripesim: StripeSim
) -> None:
    stripesim.control("faults", {"kind": "drop_after", "method": "POST"})
    retrying = stripesim.client(max_network_retries=2)
    assert retrying.v1.payment_intents.create(SALE).status == "succeeded"
    assert charges(client) == 1


@pytest.mark.parametrize(
    ("kind", "error"),
    [("429", stripe.RateLimitError), ("500", stripe.APIError), ("503", stripe.APIError)],
)
def test_error_answers(
    client: stripe.StripeClient,
    stripesim: StripeSim,
    kind: str,
    error: type[stripe.StripeError],
) -> None:
    stripesim.control("faults", {"kind": kind, "path": "/customers", "skip": 1, "count": 2})
    client.v1.customers.create()
    for _ in range(2):
        with pytest.raises(error) as caught:
            client.v1.customers.create({}, {"idempotency_key": "a"})
        assert caught.value.http_status == int(kind)
    assert client.v1.customers.create({}, {"idempotency_key": "a"}).id
    assert len(client.v1.customers.list().data) == 2


def test_a_sticky_error_is_remembered(client: stripe.StripeClient, stripesim: StripeSim) -> None:
    stripesim.control("faults", {"kind": "500", "sticky": True})
    for _ in range(2):
        with pytest.raises(stripe.APIError):
            pay(client, "a")
    assert pay(client, "b").status == "succeeded"


def test_rules_are_listed_and_cleared(client: stripe.StripeClient, stripesim: StripeSim) -> None:
    rule = stripesim.control("faults", {"kind": "429", "count": None})["id"]
    stripesim.control("faults", {"kind": "500", "count": None, "path": "/refunds"})
    assert len(stripesim.control("faults")["faults"]) == 2
    left = stripesim.control(f"faults/{rule}", method="DELETE")["faults"]
    assert [found["kind"] for found in left] == ["500"]
    assert stripesim.control("faults", method="DELETE")["faults"] == []
    assert client.v1.balance.retrieve().available


def test_keeps_what_was_asked_for(stripesim: StripeSim) -> None:
    stripesim.control("requests", method="DELETE")
    client = stripesim.client()
    made = client.v1.customers.create({"name": "Ada"})
    client.v1.customers.retrieve(made.id)
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.refunds.create({"charge": "ch_missing"})
    kept = stripesim.control("requests")["requests"]
    assert [(one["method"], one["path"], one["status"]) for one in kept] == [
        ("POST", "/v1/customers", 200),
        ("POST", "/v1/refunds", kept[1]["status"]),
    ]
    assert kept[1]["status"] >= 400
