"""Confirming a payment intent: authentication, the charge, and what follows from each outcome."""

from typing import Any

from . import cards, ledger
from .call import Call
from .errors import ApiError, card_error
from .ids import random_text
from .present import public
from .resources import payment_methods
from .scheduler import job

Obj = dict[str, Any]
DESCRIPTOR = "SANDBOX"


def needs_authentication(card: cards.Card, method: Obj, *, off_session: bool) -> bool:
    """Whether the issuer asks the cardholder before this payment or setup."""
    if card.three_d_secure == "always":
        return True
    if card.three_d_secure == "unless_set_up":
        return not method.get("_set_up")
    return card.three_d_secure == "on_session" and not off_session


def challenge(call: Call, intent: Obj, return_url: str | None) -> None:
    """Ask for the cardholder: the sandbox's own challenge page decides."""
    intent["status"] = "requires_action"
    intent["next_action"] = {
        "type": "redirect_to_url",
        "redirect_to_url": {
            "url": f"{call.base_url}/3ds/{intent['id']}?client_secret={intent['client_secret']}",
            "return_url": return_url,
        },
    }
    intent["_return_url"] = return_url
    call.save(intent)
    call.emit(f"{intent['object']}.requires_action", intent)


def confirm(call: Call, intent: Obj, method: Obj, *, off_session: bool, return_url: str | None,
            error_on_action: bool = False) -> Obj:  # fmt: skip
    """Take the intent as far as it goes now. 402 when the card is declined."""
    call.family = intent["id"]
    card = payment_methods.card_of(method)
    intent.update(payment_method=method["id"], last_payment_error=None, next_action=None)
    intent["_off_session"] = off_session
    if needs_authentication(card, method, off_session=off_session):
        if off_session:
            raise decline(call, intent, method, "authentication_required")
        if error_on_action:
            raise card_error(
                "This payment needs authentication, and the request asked to fail in that case.",
                "authentication_required",
                payment_intent=public(intent),
            )
        challenge(call, intent, return_url)
        return intent
    asked = intent["payment_method_options"].get("card", {}).get("request_three_d_secure")
    return charge(call, intent, method, authenticated=False, attempted=asked != "automatic")


def charge(
    call: Call, intent: Obj, method: Obj, *, authenticated: bool, attempted: bool = False
) -> Obj:
    """Charge the card of a confirmed intent."""
    card = payment_methods.card_of(method)
    if card.block:
        raise decline(call, intent, method, "fraudulent")
    if reason := card.decline or _next_decline(call, method):
        raise decline(call, intent, method, reason)
    of_cards = intent["payment_method_options"].get("card", {}).get("setup_future_usage")
    usage, customer = of_cards or intent["setup_future_usage"], intent["customer"]
    if method["card"]["checks"]["cvc_check"] == "unchecked":
        method["card"]["checks"]["cvc_check"] = "pass"
        call.save(method)
    if usage == "off_session":
        method["_set_up"] = True
        call.save(method)
    if customer and usage not in (None, "none") and not method["customer"]:
        payment_methods.attach_to(call, method, customer)
    if not method["customer"]:
        method["_spent"] = True
        call.save(method)
    manual = intent["capture_method"] == "manual"
    made = _new_charge(call, intent, method, captured=not manual)
    made["payment_method_details"]["card"]["three_d_secure"] = _three_d_secure(
        authenticated=authenticated, attempted=attempted
    )
    if card.review:
        made["outcome"].update(
            type="manual_review",
            reason="elevated_risk_level",
            risk_level="elevated",
            risk_score=65,
            seller_message="Stripe evaluated this payment as having elevated risk, and placed it"
            " in your manual review queue.",
        )
    intent.update(latest_charge=made["id"], next_action=None, payment_method=method["id"])
    if intent["capture_method"] == "automatic":
        # Asked to capture before the answer: the charge never goes without its transaction.
        _post(call, made)
    call.emit("charge.succeeded", made)
    if manual:
        intent.update(status="requires_capture", amount_capturable=intent["amount"])
        call.save(intent)
        call.emit("payment_intent.amount_capturable_updated", intent)
        return intent
    return paid(call, intent, made, card)


def _next_decline(call: Call, method: Obj) -> str | None:
    """What the bank was told to say next of this method, if anything."""
    planned: list[str] = method.get("_declines") or []
    if not planned:
        return None
    method["_declines"] = planned[1:]
    call.save(method)
    return planned[0]


def paid(call: Call, intent: Obj, made: Obj, card: cards.Card) -> Obj:
    """The captured charge pays the intent; the money is booked right after the answer."""
    intent.update(status="succeeded", amount_received=made["amount_captured"], amount_capturable=0)
    call.save(intent)
    call.emit("payment_intent.succeeded", intent)
    delay = call.runtime.config["capture_delay"]
    if delay:
        call.schedule(delay, "settle_charge", made["id"])
    else:
        call.later.append(lambda: settle(call, made))
    if card.dispute:
        call.schedule(call.runtime.config["dispute_delay"], "open_dispute", made["id"])
    if card.fraud_record:
        call.schedule(call.runtime.config["dispute_delay"], "warn_of_fraud", made["id"])
    return intent


def settle(call: Call, made: Obj) -> None:
    """Book the charge in the balance: asynchronous capture ends with `charge.updated`."""
    if made["balance_transaction"]:
        return
    _post(call, made)
    call.emit("charge.updated", made, {"balance_transaction": None})


def _post(call: Call, made: Obj) -> None:
    card = cards.by_number(made["_number"])
    transaction = ledger.post_charge(call, made, at_once=card.at_once)
    made["balance_transaction"] = transaction["id"]
    call.save(made)


def decline(call: Call, intent: Obj, method: Obj, reason: str) -> ApiError:
    """Record the failed charge and the intent's failure; the 402 to raise."""
    made = _new_charge(call, intent, method, captured=False)
    error = cards.decline(reason)
    blocked = payment_methods.card_of(method).block
    made.update(
        status="failed",
        paid=False,
        failure_code=error.error["code"],
        failure_message=error.error["message"],
    )
    made["outcome"] = {
        "advice_code": cards.advice(reason),
        "network_advice_code": None,
        "network_decline_code": None if blocked else "05",
        "network_status": "not_sent_to_network" if blocked else "declined_by_network",
        "reason": "highest_risk_level" if blocked else reason,
        "risk_level": "highest" if blocked else "normal",
        "risk_score": 90 if blocked else 20,
        "seller_message": "Stripe blocked this payment as too risky." if blocked
        else f"The bank returned the decline code `{reason}`.",
        "type": "blocked" if blocked else "issuer_declined",
    }  # fmt: skip
    call.emit("charge.failed", made)
    error.error |= {"charge": made["id"], "payment_method": public(method)}
    intent["latest_charge"] = made["id"]
    return fail(call, intent, error)


def fail(call: Call, intent: Obj, error: ApiError) -> ApiError:
    """The intent waits for another payment method; the error carries the intent as it is now."""
    intent.update(
        status="requires_payment_method",
        payment_method=None,
        next_action=None,
        last_payment_error=dict(error.error),
    )
    call.save(intent)
    call.emit("payment_intent.payment_failed", intent)
    error.error["payment_intent"] = public(intent)
    return error


def authentication_failed(call: Call, intent: Obj) -> None:
    """The cardholder failed the challenge: no charge, the intent wants another method."""
    call.family = intent["id"]
    method = call.find("payment_method", intent["payment_method"])
    error = ApiError(
        402,
        "invalid_request_error",
        "The payment method could not be authenticated. Use another one or try again.",
        code="payment_intent_authentication_failure",
        payment_method=public(method),
    )
    intent["latest_charge"] = None
    fail(call, intent, error)


def authenticated(call: Call, intent: Obj) -> None:
    """The cardholder passed the challenge: the charge goes ahead, and may still be declined."""
    call.family = intent["id"]
    method = call.find("payment_method", intent["payment_method"])
    try:
        charge(call, intent, method, authenticated=True)
    except ApiError as error:
        if not error.commit:
            raise


def _new_charge(call: Call, intent: Obj, method: Obj, *, captured: bool) -> Obj:
    amount = intent["amount"]
    made = call.create("charge", "ch", amount=amount, currency=intent["currency"])
    for name in ("customer", "description", "receipt_email", "shipping", "statement_descriptor",
                 "statement_descriptor_suffix", "transfer_group", "on_behalf_of"):  # fmt: skip
        made[name] = intent[name]
    suffix = intent["statement_descriptor_suffix"]
    made.update(
        amount_captured=amount if captured else 0,
        captured=captured,
        paid=True,
        status="succeeded",
        payment_intent=intent["id"],
        payment_method=method["id"],
        billing_details=method["billing_details"],
        metadata=dict(intent["metadata"]),
        calculated_statement_descriptor=f"{DESCRIPTOR}* {suffix}"[:22].upper()
        if suffix
        else DESCRIPTOR,
        receipt_url=f"{call.base_url}/receipts/{made['id']}",
        _number=method["_number"],
    )
    details, card = made["payment_method_details"]["card"], method["card"]
    for name in ("brand", "checks", "country", "exp_month", "exp_year", "fingerprint", "funding",
                 "last4"):  # fmt: skip
        details[name] = card[name]
    details.update(
        network=card["brand"], amount_authorized=amount, authorization_code=random_text(6).upper()
    )
    details["overcapture"]["maximum_amount_capturable"] = amount
    return made


def _three_d_secure(*, authenticated: bool, attempted: bool) -> Obj | None:
    if not (authenticated or attempted):
        return None
    return {
        "authentication_flow": "challenge" if authenticated else None,
        "electronic_commerce_indicator": "05" if authenticated else "06",
        "exemption_indicator": None,
        "result": "authenticated" if authenticated else "attempt_acknowledged",
        "result_reason": None,
        "transaction_id": random_text(36),
        "version": "2.2.0",
    }


@job
def settle_charge(call: Call, subject: str) -> None:
    """The delayed end of asynchronous capture."""
    settle(call, call.find("charge", subject))
