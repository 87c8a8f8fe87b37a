"""Payment intents: parameters, states and transitions; the charging itself is in `charging`."""

from typing import Any

from .. import charging
from ..call import Call
from ..errors import invalid
from ..listing import page
from ..metadata import changed, merge
from ..params import (
    ADDRESS,
    LISTING,
    SHIPPING,
    Boolean,
    Created,
    Currency,
    Fields,
    Integer,
    Items,
    Kind,
    Metadata,
    OffSession,
    Text,
)
from ..routes import Resource
from . import intents, payment_methods

Obj = dict[str, Any]
resource = Resource()

MAXIMUM = 99999999
_MINIMUM = {
    "usd": 50, "aud": 50, "brl": 50, "cad": 50, "chf": 50, "eur": 50, "nzd": 50, "sgd": 50,
    "gbp": 30, "jpy": 50, "dkk": 250, "nok": 300, "sek": 300, "hkd": 400, "myr": 200,
    "mxn": 1000, "pln": 200, "ron": 200, "aed": 200, "thb": 1000, "czk": 1500, "huf": 17500,
    "inr": 50, "bgn": 100,
}  # fmt: skip

CARD_OPTIONS = Fields(
    {
        "card": Fields(
            {
                "request_three_d_secure": Text("any", "automatic", "challenge"),
                "setup_future_usage": Text("off_session", "on_session", "none", unset=True),
            },
            unset=True,
        )
    }
)
_USAGE = Text("off_session", "on_session", unset=True)
_CAPTURE = Text("automatic", "automatic_async", "manual")
_SHARED: dict[str, Kind] = {
    **intents.NOTES,
    **intents.METHOD,
    "amount": Integer(1),
    "currency": Currency(),
    "payment_method_options": CARD_OPTIONS,
    "payment_method_types": Items(Text()),
    "receipt_email": Text(unset=True),
    "setup_future_usage": _USAGE,
    "shipping": SHIPPING,
    "statement_descriptor": Text(max_length=22, unset=True),
    "statement_descriptor_suffix": Text(max_length=22, unset=True),
    "transfer_group": Text(),
    "capture_method": _CAPTURE,
}
_CONFIRMING: dict[str, Kind] = {
    **intents.CONFIRMING,
    "error_on_requires_action": Boolean(),
    "off_session": OffSession(),
}
_CONFIRM: dict[str, Kind] = {
    **_CONFIRMING,
    **intents.METHOD,
    "capture_method": _CAPTURE,
    "payment_method_options": CARD_OPTIONS,
    "receipt_email": Text(unset=True),
    "setup_future_usage": _USAGE,
    "shipping": SHIPPING,
}
_UNPAID = ("requires_payment_method", "requires_confirmation", "requires_action")
_OPEN = (*_UNPAID, "requires_capture")


@resource.on(
    "POST",
    "/v1/payment_intents",
    {
        **_SHARED,
        **_CONFIRM,
        "amount": Integer(1, required=True),
        "currency": Currency(required=True),
        "automatic_payment_methods": intents.AUTOMATIC,
        "confirm": Boolean(),
        "confirmation_method": Text("automatic", "manual"),
    },
)
def create(call: Call, params: Obj) -> Obj:
    """Make one, and confirm it if asked to."""
    confirm_now = params.pop("confirm", False)
    confirming = intents.take_confirming(params, tuple(_CONFIRMING), confirm=confirm_now)
    intent = intents.start(call, "payment_intent", "pi", params)
    _apply(call, intent, params)
    call.emit("payment_intent.created", intent)
    return _confirm(call, intent, confirming) if confirm_now else intent


@resource.on("GET", "/v1/payment_intents", {**LISTING, "customer": Text(), "created": Created()})
def index(call: Call, params: Obj) -> Obj:
    """A page, newest first."""
    where = {"customer": params.get("customer")}
    return page(call, "payment_intent", params, url="/v1/payment_intents", where=where)


@resource.on("GET", "/v1/payment_intents/<str:intent>", {"client_secret": Text()}, browser=True)
def retrieve(call: Call, params: Obj, intent: str) -> Obj:
    """One by its id."""
    found = call.find("payment_intent", intent, in_path=True, param="intent")
    intents.take_secret(call, found, params)
    return intents.for_caller(call, found)


@resource.on("POST", "/v1/payment_intents/<str:intent>", _SHARED)
def update(call: Call, params: Obj, intent: str) -> Obj:
    """Change what was sent; the rest stays."""
    found = call.find("payment_intent", intent, in_path=True, param="intent")
    before = dict(found)
    only_notes = set(params) <= {"metadata", "description", "receipt_email"}
    if not only_notes:
        intents.check_state(found, *_OPEN, verb="updated")
    _apply(call, found, params)
    if changed(before, found):
        call.save(found)
    return found


@resource.on(
    "POST",
    "/v1/payment_intents/<str:intent>/confirm",
    {**_CONFIRM, "client_secret": Text()},
    browser=True,
)
def confirm(call: Call, params: Obj, intent: str) -> Obj:
    """Confirm with what was sent or what the intent has."""
    found = call.find("payment_intent", intent, in_path=True, param="intent")
    intents.take_secret(call, found, params)
    intents.check_state(found, *_UNPAID, verb="confirmed")
    confirming = intents.take_confirming(params, tuple(_CONFIRMING), confirm=True)
    _apply(call, found, params)
    return intents.for_caller(call, _confirm(call, found, confirming))


@resource.on(
    "POST",
    "/v1/payment_intents/<str:intent>/cancel",
    {"cancellation_reason": Text("abandoned", "duplicate", "fraudulent", "requested_by_customer")},
)
def cancel(call: Call, params: Obj, intent: str) -> Obj:
    """Cancel what is not finished."""
    found = call.find("payment_intent", intent, in_path=True, param="intent")
    intents.check_state(found, *_OPEN, verb="canceled")
    call.family = found["id"]
    if found["status"] == "requires_capture":
        held = call.find("charge", found["latest_charge"])
        held.update(refunded=True, amount_refunded=held["amount"])
        call.save(held)
        call.emit("charge.refunded", held)
    found.update(
        status="canceled",
        canceled_at=call.now,
        cancellation_reason=params.get("cancellation_reason"),
        amount_capturable=0,
        next_action=None,
    )
    call.save(found)
    call.emit("payment_intent.canceled", found)
    return found


@resource.on(
    "POST",
    "/v1/payment_intents/<str:intent>/capture",
    {
        "amount_to_capture": Integer(1),
        "metadata": Metadata(),
        "statement_descriptor": Text(max_length=22),
        "statement_descriptor_suffix": Text(max_length=22),
    },
)
def capture(call: Call, params: Obj, intent: str) -> Obj:
    """Take the authorized money, or part of it; the rest is released."""
    found = call.find("payment_intent", intent, in_path=True, param="intent")
    intents.check_state(found, "requires_capture", verb="captured")
    amount = params.pop("amount_to_capture", found["amount"])
    if amount > found["amount_capturable"]:
        raise invalid(
            "The amount to capture is greater than the amount you can capture.",
            param="amount_to_capture",
            code="amount_too_large",
        )
    call.family = found["id"]
    merge(found, params)
    held = call.find("charge", found["latest_charge"])
    held.update(
        captured=True, amount_captured=amount, amount_refunded=held["amount"] - amount, **params
    )
    call.save(held)
    call.emit("charge.captured", held)
    method = call.find("payment_method", found["payment_method"])
    return charging.paid(call, found, held, payment_methods.card_of(method))


def _apply(call: Call, intent: Obj, params: Obj) -> None:
    """Check and set the plain parameters."""
    if "amount" in params:
        _check_amount(params["amount"], params.get("currency") or intent["currency"])
    if suffix := params.get("statement_descriptor_suffix"):
        _check_descriptor(suffix)
    if shipping := params.get("shipping"):
        address = {**dict.fromkeys(ADDRESS), **shipping["address"]}
        params["shipping"] = {"phone": None, **shipping, "address": address}
    intents.apply(call, intent, params)


def _confirm(call: Call, intent: Obj, params: Obj) -> Obj:
    """Confirm with what the request brought, else with what the intent has."""
    method, token = intents.chosen_method(call, intent, params)
    for name in ("setup_future_usage", "shipping"):
        intent[name] = intent[name] or token.get(name)
    return_url = params.get("return_url") or token.get("return_url")
    intents.check_return_url(intent, return_url, params)
    return charging.confirm(
        call,
        intent,
        method,
        off_session=params.get("off_session", False),
        return_url=return_url,
        error_on_action=params.get("error_on_requires_action", False),
    )


def _check_amount(amount: int, currency: str) -> None:
    if amount > MAXIMUM:
        raise invalid(
            "Amount must be no more than 99,999,999.", param="amount", code="amount_too_large"
        )
    if amount < _MINIMUM.get(currency, 1):
        raise invalid(
            f"Amount must be at least {_MINIMUM[currency]} in {currency}.",
            param="amount",
            code="amount_too_small",
        )


def _check_descriptor(suffix: str) -> None:
    if any(char in "<>\\'\"*" for char in suffix) or not any(c.isalpha() for c in suffix):
        raise invalid(
            "The statement descriptor suffix must contain a letter and none of < > \\ ' \" *.",
            param="statement_descriptor_suffix",
        )
