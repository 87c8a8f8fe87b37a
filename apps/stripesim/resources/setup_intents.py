"""Setup intents: a card made ready for later, with or without the cardholder's challenge."""

from typing import Any

from .. import cards, charging
from ..call import Call
from ..errors import ApiError, invalid, missing
from ..ids import client_secret, random_text
from ..listing import page
from ..metadata import merge
from ..params import LISTING, Boolean, Created, Fields, Items, Kind, Metadata, Text
from ..present import public
from ..routes import Resource
from . import confirmation_tokens, payment_methods
from .payment_intents import AUTOMATIC, MANDATE_DATA

Obj = dict[str, Any]
resource = Resource()

_OPTIONS = Fields(
    {"card": Fields({"request_three_d_secure": Text("any", "automatic", "challenge")})}
)
_SHARED: dict[str, Kind] = {
    "customer": Text(),
    "description": Text(max_length=1000, unset=True),
    "metadata": Metadata(),
    "payment_method": Text(),
    "payment_method_data": Fields(payment_methods.PAYMENT_METHOD_DATA),
    "payment_method_options": _OPTIONS,
    "payment_method_types": Items(Text()),
}
_CONFIRM: dict[str, Kind] = {
    "confirmation_token": Text(),
    "mandate_data": MANDATE_DATA,
    "return_url": Text(),
    "use_stripe_sdk": Boolean(),
}


@resource.on(
    "POST",
    "/v1/setup_intents",
    {
        **_SHARED,
        **_CONFIRM,
        "automatic_payment_methods": AUTOMATIC,
        "confirm": Boolean(),
        "usage": Text("off_session", "on_session"),
    },
)
def create(call: Call, params: Obj) -> Obj:
    """Make one."""
    confirm_now = params.pop("confirm", False)
    confirming = {name: params.pop(name) for name in _CONFIRM if name in params}
    if confirming and not confirm_now:
        name = next(iter(confirming))
        raise invalid(f"You can only use `{name}` together with `confirm=true`.", param=name)
    automatic = params.pop("automatic_payment_methods", None)
    if automatic is None and "payment_method_types" not in params:
        automatic = {"enabled": True}
    if automatic and automatic["enabled"]:
        automatic.setdefault("allow_redirects", "always")
    intent = call.create("setup_intent", "seti", automatic_payment_methods=automatic)
    intent["client_secret"] = client_secret(intent["id"])
    call.family = intent["id"]
    _apply(call, intent, params)
    call.emit("setup_intent.created", intent)
    return _confirm(call, intent, confirming) if confirm_now else intent


@resource.on(
    "GET",
    "/v1/setup_intents",
    {**LISTING, "customer": Text(), "payment_method": Text(), "created": Created()},
)
def index(call: Call, params: Obj) -> Obj:
    """A page, newest first."""
    where = {"customer": params.get("customer"), "parent": params.get("payment_method")}
    return page(call, "setup_intent", params, url="/v1/setup_intents", where=where)


@resource.on("GET", "/v1/setup_intents/<str:intent>", {"client_secret": Text()}, browser=True)
def retrieve(call: Call, params: Obj, intent: str) -> Obj:
    """One by its id."""
    found = call.find("setup_intent", intent, in_path=True, param="intent")
    return _for_caller(call, found, params)


@resource.on("POST", "/v1/setup_intents/<str:intent>", _SHARED)
def update(call: Call, params: Obj, intent: str) -> Obj:
    """Change what was sent; the rest stays."""
    found = call.find("setup_intent", intent, in_path=True, param="intent")
    if found["status"] in ("succeeded", "canceled") and not set(params) <= {
        "metadata",
        "description",
    }:
        raise _unexpected(found, "updated")
    _apply(call, found, params)
    return found


@resource.on(
    "POST",
    "/v1/setup_intents/<str:intent>/confirm",
    {
        **_CONFIRM,
        "client_secret": Text(),
        "payment_method": Text(),
        "payment_method_data": Fields(payment_methods.PAYMENT_METHOD_DATA),
        "payment_method_options": _OPTIONS,
    },
    browser=True,
)
def confirm(call: Call, params: Obj, intent: str) -> Obj:
    """Confirm with what was sent or what the intent has."""
    found = call.find("setup_intent", intent, in_path=True, param="intent")
    secret = {"client_secret": params.pop("client_secret")} if "client_secret" in params else {}
    _for_caller(call, found, secret)
    if found["status"] in ("succeeded", "canceled"):
        raise _unexpected(found, "confirmed")
    confirming = {name: params.pop(name) for name in _CONFIRM if name in params}
    _apply(call, found, params)
    return _for_caller(call, _confirm(call, found, confirming), secret)


@resource.on(
    "POST",
    "/v1/setup_intents/<str:intent>/cancel",
    {"cancellation_reason": Text("abandoned", "duplicate", "requested_by_customer")},
)
def cancel(call: Call, params: Obj, intent: str) -> Obj:
    """Cancel what is not finished."""
    found = call.find("setup_intent", intent, in_path=True, param="intent")
    if found["status"] in ("succeeded", "canceled"):
        raise _unexpected(found, "canceled")
    found.update(
        status="canceled",
        cancellation_reason=params.get("cancellation_reason"),
        next_action=None,
    )
    call.save(found)
    call.emit("setup_intent.canceled", found)
    return found


def _apply(call: Call, intent: Obj, params: Obj) -> None:
    merge(intent, params)
    if customer := params.get("customer"):
        call.find("customer", customer, param="customer")
    options = params.pop("payment_method_options", None)
    if options and options.get("card"):
        card = {**intent["payment_method_options"].get("card", {}), **options["card"]}
        intent["payment_method_options"] = {"card": card}
    data = params.pop("payment_method_data", None)
    method_id = params.pop("payment_method", None)
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
    return_url = params.get("return_url")
    call.family = intent["id"]
    if token := params.get("confirmation_token"):
        method, values = confirmation_tokens.redeem(call, token, intent)
        return_url = return_url or values["return_url"]
    elif intent["payment_method"]:
        method = call.find("payment_method", intent["payment_method"], param="payment_method")
    else:
        raise invalid(
            "You cannot confirm this SetupIntent because it's missing a payment method.",
            code="setup_intent_unexpected_state",
            setup_intent=public(intent),
        )
    payment_methods.check_usable(method, intent["customer"])
    automatic = intent["automatic_payment_methods"]
    redirects = automatic and automatic["enabled"] and automatic["allow_redirects"] != "never"
    if redirects and not (return_url or params.get("use_stripe_sdk")):
        raise invalid(
            "This SetupIntent accepts payment methods that may redirect the customer, so a"
            " `return_url` is needed. Without redirects, set"
            " `automatic_payment_methods[allow_redirects]` to `never`.",
            param="return_url",
        )
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


def _for_caller(call: Call, intent: Obj, params: Obj) -> Obj:
    """The whole intent for a secret key; with a publishable key only by its client secret."""
    if not call.publishable and "client_secret" not in params:
        return intent
    if params.get("client_secret") != intent["client_secret"]:
        raise missing("setup_intent", intent["id"], param="intent", in_path=True)
    if not call.publishable:
        return intent
    hidden = ("metadata", "customer", "application")
    return {key: value for key, value in intent.items() if key not in hidden}


def _unexpected(intent: Obj, verb: str) -> ApiError:
    return invalid(
        f"This SetupIntent could not be {verb} because it has a status of {intent['status']}.",
        code="setup_intent_unexpected_state",
        setup_intent=public(intent),
    )
