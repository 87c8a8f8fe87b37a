"""Payment intents: parameters, states and transitions; the charging itself is in `charging`."""

from typing import Any

from .. import charging
from ..call import Call
from ..errors import ApiError, invalid, missing
from ..ids import client_secret
from ..listing import page
from ..metadata import changed, merge
from ..params import (
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
from ..present import public
from ..routes import Resource
from . import confirmation_tokens, payment_methods

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
AUTOMATIC = Fields({"enabled": Boolean(required=True), "allow_redirects": Text("always", "never")})
MANDATE_DATA = Fields(
    {
        "customer_acceptance": Fields(
            {
                "type": Text("online", "offline"),
                "accepted_at": Integer(),
                "online": Fields({"ip_address": Text(), "user_agent": Text()}),
                "offline": Fields({}),
            }
        )
    },
    unset=True,
)
_USAGE = Text("off_session", "on_session", unset=True)
_CAPTURE = Text("automatic", "automatic_async", "manual")
_SHARED: dict[str, Kind] = {
    "amount": Integer(1),
    "currency": Currency(),
    "customer": Text(),
    "description": Text(max_length=1000, unset=True),
    "metadata": Metadata(),
    "payment_method": Text(),
    "payment_method_data": Fields(payment_methods.PAYMENT_METHOD_DATA),
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
_CONFIRM: dict[str, Kind] = {
    "confirmation_token": Text(),
    "error_on_requires_action": Boolean(),
    "mandate_data": MANDATE_DATA,
    "off_session": OffSession(),
    "payment_method": Text(),
    "payment_method_data": Fields(payment_methods.PAYMENT_METHOD_DATA),
    "payment_method_options": CARD_OPTIONS,
    "receipt_email": Text(unset=True),
    "return_url": Text(),
    "setup_future_usage": _USAGE,
    "shipping": SHIPPING,
    "use_stripe_sdk": Boolean(),
}
_CONFIRM_ONLY = (
    "confirmation_token", "error_on_requires_action", "mandate_data", "off_session", "return_url",
    "use_stripe_sdk",
)  # fmt: skip


@resource.on(
    "POST",
    "/v1/payment_intents",
    {
        **_SHARED,
        **_CONFIRM,
        "amount": Integer(1, required=True),
        "currency": Currency(required=True),
        "automatic_payment_methods": AUTOMATIC,
        "confirm": Boolean(),
        "confirmation_method": Text("automatic", "manual"),
    },
)
def create(call: Call, params: Obj) -> Obj:
    """Make one."""
    confirm_now = params.pop("confirm", False)
    confirming = {name: params.pop(name) for name in _CONFIRM_ONLY if name in params}
    if confirming and not confirm_now:
        name = next(iter(confirming))
        raise invalid(f"You can only use `{name}` together with `confirm=true`.", param=name)
    automatic = params.pop("automatic_payment_methods", None)
    if automatic is None and "payment_method_types" not in params:
        automatic = {"enabled": True}
    if automatic and automatic["enabled"]:
        if "payment_method_types" in params:
            raise invalid(
                "`payment_method_types` and `automatic_payment_methods` exclude each other.",
                param="payment_method_types",
            )
        automatic.setdefault("allow_redirects", "always")
    intent = call.create("payment_intent", "pi", automatic_payment_methods=automatic)
    intent["client_secret"] = client_secret(intent["id"])
    call.family = intent["id"]
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
    return _for_caller(call, found, params)


@resource.on("POST", "/v1/payment_intents/<str:intent>", _SHARED)
def update(call: Call, params: Obj, intent: str) -> Obj:
    """Change what was sent; the rest stays."""
    found = call.find("payment_intent", intent, in_path=True, param="intent")
    before = dict(found)
    only_notes = set(params) <= {"metadata", "description", "receipt_email"}
    if found["status"] in ("succeeded", "canceled") and not only_notes:
        raise _unexpected(found, "updated")
    _apply(call, found, params)
    if changed(before, found):
        call.save(found)
    return found


@resource.on(
    "POST",
    "/v1/payment_intents/<str:intent>/confirm",
    {**_CONFIRM, "client_secret": Text(), "capture_method": _CAPTURE},
    browser=True,
)
def confirm(call: Call, params: Obj, intent: str) -> Obj:
    """Confirm with what was sent or what the intent has."""
    found = call.find("payment_intent", intent, in_path=True, param="intent")
    secret = {"client_secret": params.pop("client_secret")} if "client_secret" in params else {}
    _for_caller(call, found, secret)
    confirming = {name: params.pop(name) for name in _CONFIRM_ONLY if name in params}
    _check_state(found, "requires_payment_method", "requires_confirmation", "requires_action",
                 verb="confirmed")  # fmt: skip
    _apply(call, found, params)
    return _for_caller(call, _confirm(call, found, confirming), secret)


@resource.on(
    "POST",
    "/v1/payment_intents/<str:intent>/cancel",
    {"cancellation_reason": Text("abandoned", "duplicate", "fraudulent", "requested_by_customer")},
)
def cancel(call: Call, params: Obj, intent: str) -> Obj:
    """Cancel what is not finished."""
    found = call.find("payment_intent", intent, in_path=True, param="intent")
    if found["status"] in ("succeeded", "canceled"):
        raise _unexpected(found, "canceled")
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
    _check_state(found, "requires_capture", verb="captured")
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
    merge(intent, params)
    if customer := params.get("customer"):
        call.find("customer", customer, param="customer")
    intent["currency"] = params.get("currency", intent["currency"])
    if "amount" in params:
        _check_amount(params["amount"], intent["currency"])
    options = params.pop("payment_method_options", None)
    if options and options.get("card"):
        card = {**intent["payment_method_options"].get("card", {}), **options["card"]}
        intent["payment_method_options"] = {"card": card}
    data = params.pop("payment_method_data", None)
    method_id = params.pop("payment_method", None)
    params.pop("mandate_data", None)
    if suffix := params.get("statement_descriptor_suffix"):
        _check_descriptor(suffix)
    if shipping := params.get("shipping"):
        address = shipping["address"]
        blank = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
        params["shipping"] = {"phone": None, **shipping, "address": {**blank, **address}}
    intent.update(params)
    if data or method_id:
        method = (
            payment_methods.make(call, payment_methods.build(call, data))
            if data
            else payment_methods.resolve(call, method_id)
        )
        payment_methods.check_usable(method, intent["customer"])
        intent["payment_method"] = method["id"]
        if intent["status"] == "requires_payment_method":
            intent["status"] = "requires_confirmation"
    call.save(intent)


def _confirm(call: Call, intent: Obj, params: Obj) -> Obj:
    """Confirm with what the request brought, else with what the intent has."""
    return_url, off_session = params.get("return_url"), params.get("off_session", False)
    if token := params.get("confirmation_token"):
        method, values = confirmation_tokens.redeem(call, token, intent)
        payment_methods.check_usable(method, intent["customer"])
        intent["setup_future_usage"] = intent["setup_future_usage"] or values["setup_future_usage"]
        return_url = return_url or values["return_url"]
        intent["shipping"] = intent["shipping"] or values["shipping"]
    elif intent["payment_method"]:
        method = call.find("payment_method", intent["payment_method"], param="payment_method")
        payment_methods.check_usable(method, intent["customer"])
    else:
        raise invalid(
            "You cannot confirm this PaymentIntent because it's missing a payment method.",
            code="payment_intent_unexpected_state",
            payment_intent=public(intent),
        )
    automatic = intent["automatic_payment_methods"]
    redirects = automatic and automatic["enabled"] and automatic["allow_redirects"] != "never"
    if redirects and not (return_url or off_session or params.get("use_stripe_sdk")):
        raise invalid(
            "This PaymentIntent accepts payment methods that may redirect the customer, so a"
            " `return_url` is needed. Without redirects, set"
            " `automatic_payment_methods[allow_redirects]` to `never`.",
            param="return_url",
        )
    return charging.confirm(
        call,
        intent,
        method,
        off_session=off_session,
        return_url=return_url,
        error_on_action=params.get("error_on_requires_action", False),
    )


def _for_caller(call: Call, intent: Obj, params: Obj) -> Obj:
    """The whole intent for a secret key; with a publishable key only by its client secret."""
    if not call.publishable and "client_secret" not in params:
        return intent
    if params.get("client_secret") != intent["client_secret"]:
        raise missing("payment_intent", intent["id"], param="intent", in_path=True)
    if not call.publishable:
        return intent
    hidden = ("metadata", "customer", "application", "transfer_data", "transfer_group")
    return {key: value for key, value in intent.items() if key not in hidden}


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


def _check_state(intent: Obj, *allowed: str, verb: str) -> None:
    if intent["status"] not in allowed:
        raise _unexpected(intent, verb)


def _unexpected(intent: Obj, verb: str) -> ApiError:
    return invalid(
        f"This PaymentIntent could not be {verb} because it has a status of {intent['status']}.",
        code="payment_intent_unexpected_state",
        payment_intent=public(intent),
    )
