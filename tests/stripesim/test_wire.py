"""Keys, parameters, pages, expansion and errors as they go over the wire."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
import stripe

from tests.support.stripesim import ROOT, StripeSim, launch, stop


def call(sim: StripeSim, path: str, data: str | None = None, **headers: str) -> tuple[int, dict]:
    sent = {"Authorization": f"Bearer {sim.secret_key}", **headers}
    body = None if data is None else data.encode()
    try:
        with urlopen(Request(sim.url + path, data=body, headers=sent)) as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        is_json = error.headers.get_content_type() == "application/json"
        return error.code, json.load(error) if is_json else {}


def test_keys(stripesim: StripeSim, client: stripe.StripeClient) -> None:
    assert call(stripesim, "/v1/balance", Authorization="Bearer nonsense")[0] == 401
    assert call(stripesim, "/v1/balance", Authorization="")[0] == 401
    status, body = call(
        stripesim, "/v1/customers", Authorization=f"Bearer {stripesim.publishable_key}"
    )
    assert (status, body["error"]["code"]) == (401, "secret_key_required")
    basic = "Basic c2tfdGVzdF94Og=="  # sk_test_x:
    assert call(stripesim, "/v1/balance", Authorization=basic)[0] == 200
    assert call(stripesim, "/v1/nothing")[0] == 404
    assert call(stripesim, "/v1/balance", Host="evil.example")[0] == 400


def test_browser_may_call_across_origins(stripesim: StripeSim) -> None:
    request = Request(f"{stripesim.url}/v1/confirmation_tokens", method="OPTIONS")
    with urlopen(request) as answer:
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]
    data = (
        f"key={stripesim.publishable_key}&payment_method_data[type]=card"
        "&payment_method_data[card][number]=4242424242424242"
        "&payment_method_data[card][exp_month]=1&payment_method_data[card][exp_year]=2040"
    )
    status, token = call(stripesim, "/v1/confirmation_tokens", data, Authorization="")
    assert (status, token["object"]) == (200, "confirmation_token")


def test_browser_reads_an_intent_only_by_its_secret(
    stripesim: StripeSim, client: stripe.StripeClient
) -> None:
    made = client.v1.payment_intents.create(
        {"amount": 500, "currency": "usd", "metadata": {"order_id": "1"}}
    )
    path, key = f"/v1/payment_intents/{made.id}", f"key={stripesim.publishable_key}"
    assert call(stripesim, f"{path}?{key}", Authorization="")[0] == 404
    found = call(stripesim, f"{path}?{key}&client_secret={made.client_secret}", Authorization="")[1]
    assert found["amount"] == 500
    assert "metadata" not in found
    declined = call(
        stripesim,
        f"{path}/confirm",
        f"{key}&client_secret={made.client_secret}&payment_method=pm_card_chargeDeclined"
        "&return_url=https://shop.example",
        Authorization="",
    )[1]
    assert declined["error"]["payment_intent"]["status"] == "requires_payment_method"
    assert "metadata" not in declined["error"]["payment_intent"]


@pytest.mark.parametrize(
    ("params", "code", "param"),
    [
        ({"amount": 500, "currency": "usd", "colour": "red"}, "parameter_unknown", "colour"),
        ({"currency": "usd"}, "parameter_missing", "amount"),
        ({"amount": "many", "currency": "usd"}, "parameter_invalid_integer", "amount"),
        ({"amount": 0, "currency": "usd"}, "parameter_invalid_integer", "amount"),
        ({"amount": 49, "currency": "usd"}, "amount_too_small", "amount"),
        ({"amount": 10**8, "currency": "usd"}, "amount_too_large", "amount"),
        ({"amount": 500, "currency": "usd", "customer": "cus_x"}, "resource_missing", "customer"),
    ],
)
def test_bad_parameters(
    client: stripe.StripeClient, params: dict[str, object], code: str, param: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.payment_intents.create(params)
    assert (caught.value.http_status, caught.value.code) == (400, code)
    assert caught.value.param == param


def test_unknown_id(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.customers.retrieve("cus_missing")
    assert (caught.value.http_status, caught.value.code) == (404, "resource_missing")


def test_metadata_limits(client: stripe.StripeClient) -> None:
    many = {f"k{number}": "v" for number in range(50)}
    customer = client.v1.customers.create({"metadata": many})
    for metadata in ({"one_more": "v"}, {"k" * 41: "v"}, {"k": "v" * 501}):
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.customers.update(customer.id, {"metadata": metadata})
    client.v1.customers.update(customer.id, {"metadata": {"k0": "", "one_more": "v"}})
    assert client.v1.customers.update(customer.id, {"metadata": ""}).metadata.to_dict() == {}


def test_pages(client: stripe.StripeClient) -> None:
    made = [client.v1.customers.create({"name": str(number)}).id for number in range(5)]
    newest = made[::-1]
    first = client.v1.customers.list({"limit": 2})
    assert ([c.id for c in first.data], first.has_more) == (newest[:2], True)
    second = client.v1.customers.list({"limit": 3, "starting_after": newest[1]})
    assert ([c.id for c in second.data], second.has_more) == (newest[2:], False)
    back = client.v1.customers.list({"limit": 2, "ending_before": newest[3]})
    assert ([c.id for c in back.data], back.has_more) == (newest[1:3], True)
    assert [c.id for c in first.auto_paging_iter()] == newest
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.customers.list({"limit": 101})
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.customers.list({"starting_after": "cus_missing"})
    created = client.v1.customers.retrieve(made[0]).created
    assert client.v1.customers.list({"created": {"gt": created + 3600}}).data == []


def test_expansion(client: stripe.StripeClient) -> None:
    customer = client.v1.customers.create({"email": "ada@example.com"})
    intent = client.v1.payment_intents.create(
        {
            "amount": 500,
            "currency": "usd",
            "customer": customer.id,
            "payment_method": "pm_card_visa",
            "confirm": True,
            "off_session": True,
        }
    )
    deep = client.v1.payment_intents.list(
        {"expand": ["data.latest_charge.balance_transaction.source", "data.customer"]}
    ).data[0]
    assert deep.latest_charge.balance_transaction.source.id == deep.latest_charge.id
    assert deep.customer.email == "ada@example.com"
    for path in ("amount", "latest_charge.metadata", "customer.a.b.c.d"):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            client.v1.payment_intents.retrieve(intent.id, {"expand": [path]})
        assert caught.value.param == "expand"
    client.v1.customers.delete(customer.id)
    gone = client.v1.payment_intents.retrieve(intent.id, {"expand": ["customer"]}).customer
    assert gone.deleted


def test_accounts_are_apart(client: stripe.StripeClient, stripesim: StripeSim) -> None:
    with pytest.raises(stripe.PermissionError):
        client.v1.balance.retrieve(options={"stripe_account": "acct_unknown"})
    account = {"stripe_account": stripesim.control("accounts", {})["id"]}
    there = client.v1.customers.create({"name": "There"}, options=account)
    here = client.v1.customers.create({"name": "Here"})
    assert [c.id for c in client.v1.customers.list(options=account).data] == [there.id]
    assert [c.id for c in client.v1.customers.list().data] == [here.id]
    event = client.v1.events.list(options=account).data[0]
    assert event.account == account["stripe_account"]


def test_listens_on_loopback_only(stripesim: StripeSim) -> None:
    port = int(stripesim.url.rsplit(":", 1)[1])
    with socket.socket() as other:
        other.bind(("127.0.0.2", port))  # taken if the sandbox listened on every address


def test_says_when_its_port_is_taken(stripesim: StripeSim, tmp_path: Path) -> None:
    port = stripesim.url.rsplit(":", 1)[1]
    environment = {**os.environ, "DATA_DIR": str(tmp_path), "STRIPESIM_PORT": port}
    command = [sys.executable, "-m", "apps.stripesim"]
    run = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=30, check=False
    )
    assert run.returncode == 1
    assert run.stderr.strip().splitlines() == [
        f"stripesim: port {port} cannot be used: Address already in use"
    ]


def test_keeps_everything_over_a_restart(tmp_path: Path) -> None:
    sim, process = launch(tmp_path)
    customer = sim.client().v1.customers.create({"name": "Ada"})
    sim.control("clock/advance", {"days": 3})
    before = sim.control("clock")["now"]
    stop(process)
    sim, process = launch(tmp_path)
    assert sim.client().v1.customers.retrieve(customer.id).name == "Ada"
    assert sim.control("clock")["now"] >= before
    stop(process)


def test_status_page(stripesim: StripeSim) -> None:
    with urlopen(f"{stripesim.url}/_sim/") as answer:
        assert "Sandbox Stripe" in answer.read().decode()
