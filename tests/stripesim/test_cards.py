"""Every test card, by its number and by its payment method id."""

import pytest
import stripe

from tests.support.stripesim import StripeSim

RETURN = {"return_url": "https://shop.example/done"}
SUCCEEDING = [
    ("4242424242424242", "pm_card_visa"),
    ("4000056655665556", "pm_card_visa_debit"),
    ("5555555555554444", "pm_card_mastercard"),
    ("378282246310005", "pm_card_amex"),
    ("4000002500000003", "pm_card_fr"),
    ("4000000000000077", "pm_card_bypassPending"),
    ("4000003720000278", "pm_card_bypassPendingInternational"),
    ("4000000000000259", "pm_card_createDispute"),
    ("4000000000002685", "pm_card_createDisputeProductNotReceived"),
    ("4000000000001976", "pm_card_createDisputeInquiry"),
    ("4000000000005423", "pm_card_createIssuerFraudRecord"),
    ("4000000000007726", "pm_card_pendingRefund"),
    ("4000000000005126", "pm_card_refundFail"),
    ("4000000000009235", "pm_card_riskLevelElevated"),
]
DECLINING = [
    ("4000000000000002", "pm_card_visa_chargeDeclined", "card_declined", "generic_decline"),
    (
        "4000000000009995",
        "pm_card_visa_chargeDeclinedInsufficientFunds",
        "card_declined",
        "insufficient_funds",
    ),
    ("4000000000009987", "pm_card_visa_chargeDeclinedLostCard", "card_declined", "lost_card"),
    ("4000000000009979", "pm_card_chargeDeclinedStolenCard", "card_declined", "stolen_card"),
    ("4000000000000069", "pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card"),
    ("4000000000000127", "pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", "incorrect_cvc"),
    (
        "4000000000000119",
        "pm_card_chargeDeclinedProcessingError",
        "processing_error",
        "processing_error",
    ),
    (
        "4000000000006975",
        "pm_card_chargeDeclinedVelocityLimitExceeded",
        "card_declined",
        "card_velocity_exceeded",
    ),
]


def by_number(client: stripe.StripeClient, number: str) -> str:
    card = {"number": number, "exp_month": 4, "exp_year": 2040, "cvc": "1234"}
    return str(client.v1.payment_methods.create({"type": "card", "card": card}).id)


def pay(client: stripe.StripeClient, method: str, **params: object) -> stripe.PaymentIntent:
    sent = {"amount": 2000, "currency": "usd", "payment_method": method, "confirm": True}
    return client.v1.payment_intents.create({**sent, **params})


def event_types(client: stripe.StripeClient) -> list[str]:
    """Types of all events in the order of their making."""
    return [event.type for event in reversed(client.v1.events.list({"limit": 100}).data)]


@pytest.mark.parametrize(("number", "method"), SUCCEEDING)
def test_succeeds(client: stripe.StripeClient, number: str, method: str) -> None:
    for card in (method, by_number(client, number)):
        intent = pay(client, card, off_session=True, expand=["latest_charge"])
        assert intent.status == "succeeded"
        assert intent.latest_charge.payment_method_details.card.last4 == number[-4:]


@pytest.mark.parametrize(("number", "method", "code", "reason"), DECLINING)
def test_declines(
    client: stripe.StripeClient, number: str, method: str, code: str, reason: str
) -> None:
    for card in (method, by_number(client, number)):
        with pytest.raises(stripe.CardError) as caught:
            pay(client, card, off_session=True, metadata={"order_id": "7"})
        error = caught.value.error
        assert (error.code, error.decline_code) == (code, reason)
        assert error.payment_intent.metadata.to_dict() == {"order_id": "7"}
        assert error.payment_intent.status == "requires_payment_method"
        charge = client.v1.charges.retrieve(error.charge)
        assert (charge.status, charge.outcome.reason) == ("failed", reason)
        assert charge.outcome.network_status == "declined_by_network"
    assert event_types(client)[-3:] == [
        "payment_intent.created",
        "charge.failed",
        "payment_intent.payment_failed",
    ]
    customer = client.v1.customers.create()
    with pytest.raises(stripe.CardError) as caught:
        client.v1.payment_methods.attach(method, {"customer": customer.id})
    assert caught.value.code == code


def test_declines_only_when_charged(client: stripe.StripeClient) -> None:
    customer = client.v1.customers.create()
    method = client.v1.payment_methods.attach(
        "pm_card_chargeCustomerFail", {"customer": customer.id}
    )
    with pytest.raises(stripe.CardError):
        pay(client, method.id, customer=customer.id, off_session=True)


def test_wrong_check_digit_and_past_expiry(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.CardError) as caught:
        by_number(client, "4242424242424241")
    assert (caught.value.code, caught.value.param) == ("incorrect_number", "number")
    old = {"number": "4242424242424242", "exp_month": 1, "exp_year": 2020, "cvc": "123"}
    with pytest.raises(stripe.CardError) as caught:
        client.v1.payment_methods.create({"type": "card", "card": old})
    assert caught.value.code == "invalid_expiry_year"


@pytest.mark.parametrize("method", ["pm_card_radarBlock", "pm_card_riskLevelHighest"])
def test_blocked(client: stripe.StripeClient, method: str) -> None:
    with pytest.raises(stripe.CardError) as caught:
        pay(client, method, off_session=True)
    charge = client.v1.charges.retrieve(caught.value.error.charge)
    assert (charge.outcome.type, charge.outcome.network_status) == (
        "blocked",
        "not_sent_to_network",
    )


def test_elevated_risk_goes_to_review(client: stripe.StripeClient) -> None:
    paid = pay(client, "pm_card_riskLevelElevated", off_session=True, expand=["latest_charge"])
    assert paid.latest_charge.outcome.type == "manual_review"


@pytest.mark.parametrize(
    ("method", "on_session", "off_session", "off_session_when_set_up"),
    [
        ("pm_card_threeDSecure2Required", "challenge", "declined", "declined"),
        ("pm_card_authenticationRequired", "challenge", "declined", "declined"),
        ("pm_card_authenticationRequiredOnSetup", "challenge", "declined", "paid"),
        ("pm_card_authenticationRequiredSetupForOffSession", "challenge", "paid", "paid"),
        ("pm_card_visa", "paid", "paid", "paid"),
    ],
)
def test_authentication(
    client: stripe.StripeClient,
    stripesim: StripeSim,
    method: str,
    on_session: str,
    off_session: str,
    off_session_when_set_up: str,
) -> None:
    def outcome(card: str, **params: object) -> str:
        try:
            intent = pay(client, card, **params)
        except stripe.CardError as error:
            assert error.code == "authentication_required"
            return "declined"
        return {"succeeded": "paid", "requires_action": "challenge"}[intent.status]

    assert outcome(method, **RETURN) == on_session
    assert outcome(method, off_session=True) == off_session
    customer = client.v1.customers.create()
    setup = client.v1.setup_intents.create(
        {"customer": customer.id, "payment_method": method, "confirm": True, **RETURN}
    )
    if setup.status == "requires_action":
        stripesim.control(f"challenges/{setup.id}", {"outcome": "complete"})
        setup = client.v1.setup_intents.retrieve(setup.id)
    assert setup.status == "succeeded"
    saved = {"customer": customer.id, "off_session": True}
    assert outcome(setup.payment_method, **saved) == off_session_when_set_up


def test_challenge_passed(client: stripe.StripeClient, stripesim: StripeSim) -> None:
    customer = client.v1.customers.create()
    intent = pay(
        client,
        "pm_card_authenticationRequired",
        customer=customer.id,
        setup_future_usage="off_session",
        **RETURN,
    )
    assert intent.next_action.type == "redirect_to_url"
    stripesim.control(f"challenges/{intent.id}", {"outcome": "complete"})
    paid = client.v1.payment_intents.retrieve(intent.id, {"expand": ["latest_charge"]})
    assert paid.latest_charge.payment_method_details.card.three_d_secure.result == "authenticated"
    assert event_types(client)[1:] == [
        "payment_intent.created",
        "payment_intent.requires_action",
        "payment_method.attached",
        "charge.succeeded",
        "payment_intent.succeeded",
        "charge.updated",
    ]


def test_challenge_failed(client: stripe.StripeClient, stripesim: StripeSim) -> None:
    intent = pay(client, "pm_card_threeDSecure2Required", **RETURN)
    stripesim.control(f"challenges/{intent.id}", {"outcome": "fail"})
    failed = client.v1.events.list({"type": "payment_intent.payment_failed"}).data[0].data.object
    assert failed.status == "requires_payment_method"
    assert failed.latest_charge is None
    assert failed.last_payment_error.code == "payment_intent_authentication_failure"
    assert failed.last_payment_error.payment_method.card.last4 == "3220"
    assert not client.v1.charges.list().data
    retried = client.v1.payment_intents.confirm(
        intent.id, {"payment_method": "pm_card_visa", **RETURN}
    )
    assert retried.status == "succeeded"


def test_challenge_passed_and_declined(client: stripe.StripeClient, stripesim: StripeSim) -> None:
    intent = pay(client, "pm_card_threeDSecureRequiredChargeDeclined", **RETURN)
    stripesim.control(f"challenges/{intent.id}", {"outcome": "complete"})
    after = client.v1.payment_intents.retrieve(intent.id, {"expand": ["latest_charge"]})
    assert (after.status, after.latest_charge.status) == ("requires_payment_method", "failed")
    assert after.last_payment_error.decline_code == "generic_decline"


def test_setup_failed(client: stripe.StripeClient, stripesim: StripeSim) -> None:
    with pytest.raises(stripe.CardError) as caught:
        client.v1.setup_intents.create(
            {"payment_method": "pm_card_chargeDeclined", "confirm": True, **RETURN}
        )
    assert caught.value.error.setup_intent.last_setup_error.decline_code == "generic_decline"
    setup = client.v1.setup_intents.create(
        {"payment_method": "pm_card_threeDSecure2Required", "confirm": True, **RETURN}
    )
    stripesim.control(f"challenges/{setup.id}", {"outcome": "fail"})
    failed = client.v1.setup_intents.retrieve(setup.id, {"expand": ["latest_attempt"]})
    assert failed.last_setup_error.code == "setup_intent_authentication_failure"
    assert failed.latest_attempt.status == "failed"
    assert event_types(client)[-3:] == [
        "setup_intent.created",
        "setup_intent.requires_action",
        "setup_intent.setup_failed",
    ]


def test_detached_and_foreign_methods(client: stripe.StripeClient) -> None:
    mine, other = client.v1.customers.create(), client.v1.customers.create()
    method = client.v1.payment_methods.attach("pm_card_visa", {"customer": mine.id})
    with pytest.raises(stripe.InvalidRequestError, match="does not belong to the customer"):
        pay(client, method.id, customer=other.id, off_session=True)
    client.v1.payment_methods.detach(method.id)
    with pytest.raises(stripe.InvalidRequestError, match="detached from a Customer"):
        pay(client, method.id, customer=mine.id, off_session=True)
    once = by_number(client, "4242424242424242")
    pay(client, once, off_session=True)
    with pytest.raises(stripe.InvalidRequestError, match="cannot be used again"):
        pay(client, once, off_session=True)
