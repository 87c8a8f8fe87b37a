"""Setting a card up for later: authentication, attachment, and the record of each attempt."""

from typing import Any

from . import cards, charging
from .call import Call
from .errors import ApiError
from .ids import random_text
from .present import public
from .resources import payment_methods

Obj = dict[str, Any]


def confirm(call: Call, intent: Obj, method: Obj, *, return_url: str | None) -> Obj:
    """Take the intent as far as it goes now. 402 when the card is declined."""
    call.family = intent["id"]
    intent.update(payment_method=method["id"], last_setup_error=None, next_action=None)
    card = payment_methods.card_of(method)
    if charging.needs_authentication(card, method, off_session=False):
        _attempt(call, intent, method, "requires_action", authenticated=False)
        charging.challenge(call, intent, return_url)
        return intent
    return set_up(call, intent, method, authenticated=False)


def set_up(call: Call, intent: Obj, method: Obj, *, authenticated: bool) -> Obj:
    """Finish the setup: the method is attached and may be charged off session. 402 on decline."""
    card = payment_methods.card_of(method)
    if card.decline and card.declines_setup:
        error = cards.decline(card.decline, payment_method=public(method))
        _attempt(call, intent, method, "failed", authenticated=authenticated)
        raise fail(call, intent, error)
    if method["card"]["checks"]["cvc_check"] == "unchecked":
        method["card"]["checks"]["cvc_check"] = "pass"
    method["_set_up"] = True
    call.save(method)
    if intent["customer"]:
        payment_methods.attach_to(call, method, intent["customer"])
    _attempt(call, intent, method, "succeeded", authenticated=authenticated)
    intent.update(status="succeeded", next_action=None)
    call.save(intent)
    call.emit("setup_intent.succeeded", intent)
    return intent


def fail(call: Call, intent: Obj, error: ApiError) -> ApiError:
    """The setup wants another payment method; the error carries the intent as it is now."""
    intent.update(
        status="requires_payment_method",
        payment_method=None,
        next_action=None,
        last_setup_error=dict(error.error),
    )
    call.save(intent)
    call.emit("setup_intent.setup_failed", intent)
    error.error["setup_intent"] = public(intent)
    return error


def authenticated(call: Call, intent: Obj, *, passed: bool) -> None:
    """The cardholder has answered the challenge."""
    call.family = intent["id"]
    method = call.find("payment_method", intent["payment_method"])
    if not passed:
        _attempt(call, intent, method, "failed", authenticated=False)
        error = ApiError(
            402,
            "invalid_request_error",
            "The payment method could not be authenticated. Use another one or try again.",
            code="setup_intent_authentication_failure",
            payment_method=public(method),
        )
        fail(call, intent, error)
        return
    try:
        set_up(call, intent, method, authenticated=True)
    except ApiError as error:
        if not error.commit:
            raise


def _attempt(call: Call, intent: Obj, method: Obj, status: str, *, authenticated: bool) -> None:
    """Record the attempt; one that waited for the cardholder is brought to its end."""
    latest = call.get(intent["latest_attempt"] or "")
    if latest is not None and latest["status"] == "requires_action":
        latest["status"] = status
        call.save(latest)
        return
    names = ("brand", "checks", "country", "exp_month", "exp_year", "fingerprint", "funding",
             "last4")  # fmt: skip
    card = {name: method["card"][name] for name in names}
    secure = None
    if authenticated or status == "requires_action":
        secure = {
            "authentication_flow": "challenge",
            "electronic_commerce_indicator": "05",
            "result": "authenticated",
            "result_reason": None,
            "transaction_id": random_text(36),
            "version": "2.2.0",
        }
    card |= {"network": card["brand"], "three_d_secure": secure, "wallet": None}
    attempt = call.create(
        "setup_attempt",
        "setatt",
        customer=intent["customer"],
        payment_method=method["id"],
        payment_method_details={"card": card, "type": "card"},
        setup_intent=intent["id"],
        status=status,
        usage=intent["usage"],
    )
    intent["latest_attempt"] = attempt["id"]
    call.save(intent)
