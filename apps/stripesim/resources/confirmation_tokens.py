"""Confirmation tokens: what the browser hands over instead of card data. Used once, 12 hours."""

from typing import Any

from ..call import Call
from ..errors import invalid
from ..params import SHIPPING, Boolean, Fields, Text
from ..routes import Resource
from ..templates import template
from . import payment_methods

Obj = dict[str, Any]
resource = Resource()
LIFETIME = 12 * 3600

_FIELDS = {
    "payment_method": Text(),
    "payment_method_data": Fields(payment_methods.PAYMENT_METHOD_DATA),
    "payment_method_options": Fields({"card": Fields({})}),
    "return_url": Text(),
    "setup_future_usage": Text("off_session", "on_session"),
    "shipping": SHIPPING,
}


def _create(call: Call, params: Obj, *, browser: bool) -> Obj:
    if method_id := params.get("payment_method"):
        values = payment_methods.resolve(call, method_id)
    elif data := params.get("payment_method_data"):
        values = payment_methods.build(call, data)
    else:
        raise invalid(
            "You must provide `payment_method` or `payment_method_data`.",
            param="payment_method_data",
            code="parameter_missing",
        )
    token = call.create(
        "confirmation_token",
        "ctoken",
        expires_at=call.now + LIFETIME,
        return_url=params.get("return_url"),
        setup_future_usage=params.get("setup_future_usage"),
        shipping=params.get("shipping"),
        use_stripe_sdk=browser,
        _values={name: values[name] for name in
                 ("card", "billing_details", "allow_redisplay", "metadata", "_number")},
        _payment_method=values.get("id") if values.get("customer") else None,
    )  # fmt: skip
    preview = template("confirmation_token")["payment_method_preview"]
    preview.update(
        card=values["card"],
        billing_details=values["billing_details"],
        allow_redisplay=values["allow_redisplay"],
        customer=values.get("customer"),
    )
    token["payment_method_preview"] = preview
    if shipping := token["shipping"]:
        blank = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
        token["shipping"] = {
            "name": shipping["name"],
            "phone": shipping.get("phone"),
            "address": {**blank, **shipping["address"]},
        }
    return token


@resource.on("POST", "/v1/test_helpers/confirmation_tokens", _FIELDS)
def create_for_test(call: Call, params: Obj) -> Obj:
    """A token made by a server, for tests."""
    return _create(call, params, browser=False)


@resource.on(
    "POST",
    "/v1/confirmation_tokens",
    {**_FIELDS, "use_stripe_sdk": Boolean(), "client_context": Fields({})},
    browser=True,
)
def create(call: Call, params: Obj) -> Obj:
    """Make one."""
    return _create(call, params, browser=True)


@resource.on("GET", "/v1/confirmation_tokens/<str:confirmation_token>")
def retrieve(call: Call, params: Obj, confirmation_token: str) -> Obj:
    """One by its id."""
    return call.find(
        "confirmation_token", confirmation_token, in_path=True, param="confirmation_token"
    )


def redeem(call: Call, token_id: str, intent: Obj) -> tuple[Obj, Obj]:
    """Spend the token on this intent: its payment method, stored, and the token itself."""
    token = call.find("confirmation_token", token_id, param="confirmation_token")
    used_by = token["payment_intent"] or token["setup_intent"]
    if used_by:
        raise invalid(
            f"The confirmation token {token_id} was already used to confirm {used_by}.",
            param="confirmation_token",
            code="resource_already_exists",
        )
    if token["expires_at"] and token["expires_at"] <= call.now:
        raise invalid(f"The confirmation token {token_id} has expired.", param="confirmation_token")
    token[intent["object"]] = intent["id"]
    token["expires_at"] = None
    call.save(token)
    if token["_payment_method"]:
        return payment_methods.resolve(call, token["_payment_method"]), token
    return payment_methods.make(call, dict(token["_values"])), token
