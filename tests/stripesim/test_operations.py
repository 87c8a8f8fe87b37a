"""Each operation through the official library: request and answer fit Stripe's document."""

import pytest
import stripe

from apps.stripesim.urls import RESOURCES
from tests.stripesim import (
    test_accounts,
    test_disputes,
    test_files,
    test_money,
    test_payouts,
    test_transfers,
)
from tests.stripesim.contract import contract
from tests.stripesim.traffic import Judge
from tests.support.stripesim import StripeSim

OFF_SESSION = {"confirm": True, "off_session": True}
BROWSER_ONLY = {("POST", "/v1/confirmation_tokens")}


def sale(client: stripe.StripeClient, card: str = "pm_card_visa", amount: int = 2000) -> str:
    """A paid payment intent's charge."""
    intent = client.v1.payment_intents.create(
        {"amount": amount, "currency": "usd", "payment_method": card, **OFF_SESSION}
    )
    return str(intent.latest_charge)


def test_customers(client: stripe.StripeClient) -> None:
    v1 = client.v1
    customer = v1.customers.create(
        {
            "email": "ada@example.com",
            "name": "Ada",
            "address": {"country": "DE", "postal_code": "10115"},
            "tax_id_data": [{"type": "eu_vat", "value": "DE123456789"}],
            "metadata": {"a": "1", "b": "2"},
            "shipping": {"name": "Ada", "address": {"line1": "Street 1"}},
            "expand": ["tax_ids"],
        }
    )
    assert customer.tax_ids.data[0].value == "DE123456789"
    v1.customers.update(customer.id, {"metadata": {"a": "", "c": "3"}, "name": ""})
    found = v1.customers.retrieve(customer.id)
    assert found.metadata.to_dict() == {"b": "2", "c": "3"}
    assert found.name is None
    found_by = v1.customers.list({"email": "ada@example.com", "limit": 1}).data
    assert [found.id for found in found_by] == [customer.id]
    with pytest.raises(stripe.InvalidRequestError) as caught:
        v1.customers.tax_ids.create(customer.id, {"type": "eu_vat", "value": "DE123456789"})
    assert caught.value.code == "resource_already_exists"
    tax_id = v1.customers.tax_ids.create(customer.id, {"type": "gb_vat", "value": "GB123456789"})
    assert v1.customers.tax_ids.retrieve(customer.id, tax_id.id).country == "GB"
    v1.customers.tax_ids.delete(customer.id, tax_id.id)
    assert len(v1.customers.tax_ids.list(customer.id).data) == 1
    session = v1.customer_sessions.create(
        {"customer": customer.id, "components": {"payment_element": {"enabled": True}}}
    )
    assert session.client_secret.startswith("cuss_secret_")
    assert v1.customers.delete(customer.id).deleted
    assert v1.customers.retrieve(customer.id).deleted
    assert customer.id not in [left.id for left in v1.customers.list().data]


def test_payment_methods(client: stripe.StripeClient) -> None:
    v1 = client.v1
    customer = v1.customers.create({"email": "ada@example.com"})
    method = v1.payment_methods.create(
        {
            "type": "card",
            "card": {"number": "4242424242424242", "exp_month": 4, "exp_year": 2040, "cvc": "123"},
            "billing_details": {"name": "Ada"},
        }
    )
    v1.payment_methods.attach(method.id, {"customer": customer.id})
    v1.payment_methods.update(method.id, {"metadata": {"k": "v"}, "card": {"exp_year": 2041}})
    default = {"invoice_settings": {"default_payment_method": method.id}}
    expanded = v1.customers.update(
        customer.id, {**default, "expand": ["invoice_settings.default_payment_method"]}
    )
    assert expanded.invoice_settings.default_payment_method.card.exp_year == 2041
    assert v1.payment_methods.retrieve(method.id, {"expand": ["customer"]}).customer.email
    assert v1.payment_methods.retrieve("pm_card_visa").card.last4 == "4242"
    assert len(v1.payment_methods.list({"customer": customer.id, "type": "card"}).data) == 1
    assert len(v1.customers.payment_methods.list(customer.id).data) == 1
    assert v1.customers.payment_methods.retrieve(customer.id, method.id).id == method.id
    assert v1.payment_methods.detach(method.id).customer is None
    assert v1.customers.retrieve(customer.id).invoice_settings.default_payment_method is None
    domain = v1.payment_method_domains.create({"domain_name": "shop.example"})
    assert v1.payment_method_domains.create({"domain_name": "shop.example"}).id == domain.id
    assert v1.payment_method_domains.retrieve(domain.id).enabled
    assert len(v1.payment_method_domains.list({"enabled": True}).data) == 1


def test_payment_intents_and_charges(client: stripe.StripeClient) -> None:
    v1 = client.v1
    intent = v1.payment_intents.create({"amount": 1000, "currency": "usd"})
    v1.payment_intents.update(intent.id, {"amount": 1500, "metadata": {"order_id": "1"}})
    token = v1.test_helpers.confirmation_tokens.create({"payment_method": "pm_card_fr"})
    assert v1.confirmation_tokens.retrieve(token.id).payment_method_preview.card.country == "FR"
    paid = v1.payment_intents.confirm(
        intent.id,
        {
            "confirmation_token": token.id,
            "return_url": "https://shop.example/done",
            "expand": ["latest_charge", "payment_method", "customer"],
        },
    )
    assert paid.status == "succeeded"
    assert paid.latest_charge.metadata.to_dict() == {"order_id": "1"}
    assert paid.latest_charge.balance_transaction is None
    charge = v1.charges.retrieve(
        paid.latest_charge.id, {"expand": ["balance_transaction", "payment_intent", "refunds"]}
    )
    assert charge.balance_transaction.fee == 30 + 66  # 2.9 % and 1.5 % of 15.00
    assert v1.confirmation_tokens.retrieve(token.id).payment_intent == intent.id
    v1.charges.update(charge.id, {"description": "Book"})
    assert len(v1.charges.list({"payment_intent": intent.id}).data) == 1
    assert len(v1.payment_intents.list({"limit": 1}).data) == 1
    held = v1.payment_intents.create(
        {
            "amount": 900,
            "currency": "usd",
            "capture_method": "manual",
            "payment_method": "pm_card_visa",
            **OFF_SESSION,
        }
    )
    assert held.amount_capturable == 900
    captured = v1.payment_intents.capture(held.id, {"amount_to_capture": 600})
    assert (captured.status, captured.amount_received) == ("succeeded", 600)
    dropped = v1.payment_intents.create({"amount": 900, "currency": "usd"})
    canceled = v1.payment_intents.cancel(dropped.id, {"cancellation_reason": "abandoned"})
    assert canceled.status == "canceled"
    with pytest.raises(stripe.InvalidRequestError) as caught:
        v1.payment_intents.confirm(dropped.id, {"payment_method": "pm_card_visa"})
    assert caught.value.code == "payment_intent_unexpected_state"
    assert v1.payment_intents.retrieve(dropped.id).canceled_at


def test_setup_intents(client: stripe.StripeClient) -> None:
    v1 = client.v1
    customer = v1.customers.create({})
    intent = v1.setup_intents.create({"customer": customer.id, "usage": "off_session"})
    v1.setup_intents.update(intent.id, {"metadata": {"k": "v"}})
    done = v1.setup_intents.confirm(
        intent.id,
        {
            "payment_method": "pm_card_visa",
            "return_url": "https://shop.example/done",
            "expand": ["latest_attempt", "payment_method"],
        },
    )
    assert done.status == "succeeded"
    assert done.payment_method.customer == customer.id
    assert v1.setup_intents.retrieve(intent.id).metadata.to_dict() == {"k": "v"}
    other = v1.setup_intents.create({})
    assert v1.setup_intents.cancel(other.id).status == "canceled"
    assert len(v1.setup_intents.list({"customer": customer.id}).data) == 1


def test_refunds_and_balance(client: stripe.StripeClient, stripesim: StripeSim) -> None:
    v1 = client.v1
    charge = sale(client)
    refund = v1.refunds.create(
        {"charge": charge, "amount": 500, "reason": "duplicate", "expand": ["charge"]}
    )
    assert (refund.status, refund.charge.amount_refunded) == ("succeeded", 500)
    v1.refunds.update(refund.id, {"metadata": {"k": "v"}})
    expand = {"expand": ["balance_transaction", "payment_intent"]}
    found = v1.refunds.retrieve(refund.id, expand)
    assert found.balance_transaction.amount == -500
    assert found.destination_details.card.reference_status == "available"
    assert len(v1.refunds.list({"charge": charge}).data) == 1
    assert len(v1.charges.retrieve(charge, {"expand": ["refunds"]}).refunds.data) == 1
    client.raw_request("get", f"/v1/charges/{charge}/refunds")
    with pytest.raises(stripe.InvalidRequestError):
        v1.refunds.cancel(refund.id)
    assert v1.balance.retrieve().pending[0].amount == 2000 - 88 - 500
    stripesim.control("clock/advance", {"days": 5})
    assert v1.balance.retrieve().available[0].amount == 2000 - 88 - 500
    rows = v1.balance_transactions.list({"type": "charge", "expand": ["data.source"]}).data
    assert [row.source.id for row in rows] == [charge]
    assert v1.balance_transactions.retrieve(rows[0].id).status == "available"


def test_events_and_endpoints(client: stripe.StripeClient) -> None:
    v1 = client.v1
    sale(client)
    event = v1.events.list({"type": "charge.succeeded"}).data[0]
    assert v1.events.retrieve(event.id).data.object.object == "charge"
    both = v1.events.list({"types": ["charge.succeeded", "charge.updated"]}).data
    assert len(both) == 2
    endpoint = v1.webhook_endpoints.create(
        {"url": "http://127.0.0.1:9/hook", "enabled_events": ["charge.succeeded"]}
    )
    assert endpoint.secret.startswith("whsec_")
    v1.webhook_endpoints.update(endpoint.id, {"disabled": True, "enabled_events": ["*"]})
    assert v1.webhook_endpoints.retrieve(endpoint.id).status == "disabled"
    assert len(v1.webhook_endpoints.list().data) == 1
    assert v1.webhook_endpoints.delete(endpoint.id).deleted


def test_every_event_fits(client: stripe.StripeClient, stripesim: StripeSim) -> None:
    charge = sale(client, "pm_card_refundFail")
    client.v1.refunds.create({"charge": charge})
    customer = client.v1.customers.create({"tax_id_data": [{"type": "eu_vat", "value": "DE1234"}]})
    client.v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    with pytest.raises(stripe.CardError):
        sale(client, "pm_card_chargeDeclined")
    stripesim.control("clock/advance", {"seconds": 90})
    events = [event.to_dict() for event in client.v1.events.list({"limit": 100}).data]
    problems = [
        (event["type"], problem)
        for event in events
        for problem in contract().check_event(event)
        if problem.level != "notice"
    ]
    assert len(events) == 17
    assert problems == []


def test_all_operations_are_sent(
    client: stripe.StripeClient, stripesim: StripeSim, judge: Judge
) -> None:
    """Nothing is implemented that the tests above do not send."""
    judge.operations.clear()
    test_customers(client)
    test_payment_methods(client)
    test_payment_intents_and_charges(client)
    test_setup_intents(client)
    stripesim.control("reset", {})
    test_refunds_and_balance(client, stripesim)
    stripesim.control("reset", {})
    test_events_and_endpoints(client)
    test_disputes.test_dispute_is_lost(client, stripesim)
    test_disputes.test_early_fraud_warning(client, stripesim)
    client.v1.disputes.update(client.v1.disputes.list().data[0].id, {"metadata": {"k": "v"}})
    test_accounts.test_bank_accounts(client, stripesim)
    test_accounts.test_answers_may_come_over_the_api(client, stripesim)
    stripesim.control("reset", {})
    test_accounts.test_the_express_dashboard(client, stripesim)
    stripesim.control("reset", {})
    test_accounts.test_rejected_and_deleted(client, stripesim)
    test_accounts.test_the_holder_answers_on_the_page(client, stripesim)
    client.v1.accounts.login_links.create(client.v1.accounts.list().data[0].id)
    test_transfers.test_a_transfer_moves_money_once(client, stripesim)
    stripesim.control("reset", {})
    test_transfers.test_reversals(client, stripesim)
    stripesim.control("reset", {})
    for steps in (
        test_payouts.test_a_pending_payout_can_be_canceled,
        test_payouts.test_a_paid_payout_can_be_reversed,
        test_payouts.test_a_payout_arrives,
    ):
        account = test_transfers.ready(stripesim)
        test_transfers.fund(stripesim, 3000, account=account)
        steps(client, stripesim, account)
    test_files.test_files(client, stripesim)
    test_files.test_links_need_no_key(client, stripesim)
    test_money.test_refund_waits_for_the_customer(client, stripesim)
    implemented = {
        (operation.method, contract().operation(operation.method, sample(operation.path))[0])
        for resource in RESOURCES
        for operation in resource.operations
        if (operation.method, operation.path) not in BROWSER_ONLY
    }
    assert implemented - judge.operations == set()


def sample(path: str) -> str:
    """A path with its placeholders filled."""
    return "/".join("x_1" if part.startswith("<") else part for part in path.split("/"))
