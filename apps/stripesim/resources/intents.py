"""What payment intents and setup intents have in common."""

from typing import Any

from ..call import Call
from ..errors import ApiError, invalid, missing
from ..ids import client_secret
from ..metadata import merge
from ..params import Boolean, Fields, Integer, Kind, Metadata, Text
from ..present import public
from . import confirmation_tokens, payment_methods

Obj = dict[str, Any]

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
METHOD: dict[str, Kind] = {
    "payment_method": Text(),
    "payment_method_data": Fields(payment_methods.PAYMENT_METHOD_DATA),
}
NOTES: dict[str, Kind] = {
    "customer": Text(),
    "description": Text(max_length=1000, unset=True),
    "metadata": Metadata(),
}
# What only makes sense while confirming.
CONFIRMING: dict[str, Kind] = {
    "confirmation_token": Text(),
    "mandate_data": MANDATE_DATA,
    "return_url": Text(),
    "use_stripe_sdk": Boolean(),
}
_HIDDEN = ("metadata", "customer", "application", "transfer_data", "transfer_group")
NAMES = {"payment_intent": "PaymentIntent", "setup_intent": "SetupIntent"}


def start(call: Call, kind: str, prefix: str, params: Obj) -> Obj:
    """A new intent with its secret and its way of choosing payment methods."""
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
    intent = call.create(kind, prefix, automatic_payment_methods=automatic)
    intent["client_secret"] = client_secret(intent["id"])
    call.family = intent["id"]
    return intent


def take_confirming(params: Obj, names: tuple[str, ...], *, confirm: bool) -> Obj:
    """The parameters that only a confirmation may have, out of `params`."""
    confirming = {name: params.pop(name) for name in names if name in params}
    if confirming and not confirm:
        name = next(iter(confirming))
        raise invalid(f"You can only use `{name}` together with `confirm=true`.", param=name)
    return confirming


def apply(call: Call, intent: Obj, params: Obj) -> None:
    """Check and set the plain parameters; a payment method makes the intent confirmable."""
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


def chosen_method(call: Call, intent: Obj, params: Obj) -> tuple[Obj, Obj]:
    """The payment method to confirm with, and the confirmation token (empty if there is none)."""
    token: Obj = {}
    if token_id := params.get("confirmation_token"):
        method, token = confirmation_tokens.redeem(call, token_id, intent)
    elif intent["payment_method"]:
        method = call.find("payment_method", intent["payment_method"], param="payment_method")
    else:
        raise _refusal(intent, "cannot be confirmed because it has no payment method.")
    payment_methods.check_usable(method, intent["customer"])
    return method, token


def check_return_url(intent: Obj, return_url: str | None, params: Obj) -> None:
    """Without a customer to send back, or with redirects excluded, none is needed."""
    automatic = intent["automatic_payment_methods"]
    redirects = automatic and automatic["enabled"] and automatic["allow_redirects"] != "never"
    if redirects and not (return_url or params.get("off_session") or params.get("use_stripe_sdk")):
        raise invalid(
            f"This {NAMES[intent['object']]} accepts payment methods that may redirect the"
            " customer, so a `return_url` is needed. Without redirects, set"
            " `automatic_payment_methods[allow_redirects]` to `never`.",
            param="return_url",
        )


def take_secret(call: Call, intent: Obj, params: Obj) -> None:
    """Refuse a browser without the client secret, and anybody with a wrong one."""
    secret = params.pop("client_secret", None)
    if (call.publishable or secret is not None) and secret != intent["client_secret"]:
        raise missing(intent["object"], intent["id"], param="intent", in_path=True)


def for_caller(call: Call, intent: Obj) -> Obj:
    """The intent as it may be seen: a browser learns nothing that is the merchant's own."""
    return for_browser(intent) if call.publishable else intent


def for_browser(intent: Obj) -> Obj:
    """The intent without what is the merchant's own."""
    return {key: value for key, value in intent.items() if key not in _HIDDEN}


def check_state(intent: Obj, *allowed: str, verb: str) -> None:
    """Refuse what is not possible in the intent's state."""
    if intent["status"] not in allowed:
        raise unexpected(intent, verb)


def unexpected(intent: Obj, verb: str) -> ApiError:
    """The refusal of a step that the intent's state does not allow."""
    return _refusal(intent, f"could not be {verb} because it has a status of {intent['status']}.")


def _refusal(intent: Obj, reason: str) -> ApiError:
    kind = intent["object"]
    error = invalid(f"This {NAMES[kind]} {reason}", code=f"{kind}_unexpected_state")
    error.error[kind] = public(intent)
    return error
