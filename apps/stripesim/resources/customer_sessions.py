"""Customer sessions: let the payment element know whose it is. Good for half an hour."""

from typing import Any

from ..call import Call
from ..ids import random_text
from ..params import Boolean, Fields, Integer, Items, Text
from ..routes import Resource
from ..templates import template

Obj = dict[str, Any]
resource = Resource()
LIFETIME = 1800

_SWITCH = Text("enabled", "disabled")
_REDISPLAY = Items(Text("always", "limited", "unspecified"))
_FEATURES = Fields(
    {
        "payment_method_allow_redisplay_filters": _REDISPLAY,
        "payment_method_redisplay": _SWITCH,
        "payment_method_redisplay_limit": Integer(1, 10),
        "payment_method_remove": _SWITCH,
        "payment_method_save": _SWITCH,
        "payment_method_save_usage": Text("off_session", "on_session", unset=True),
    }
)
_COMPONENTS = Fields(
    {
        "buy_button": Fields({"enabled": Boolean(required=True)}),
        "pricing_table": Fields({"enabled": Boolean(required=True)}),
        "payment_element": Fields({"enabled": Boolean(required=True), "features": _FEATURES}),
    },
    required=True,
)
_DEFAULT_FEATURES: Obj = {
    "payment_method_allow_redisplay_filters": ["always"],
    "payment_method_redisplay": "disabled",
    "payment_method_redisplay_limit": 3,
    "payment_method_remove": "disabled",
    "payment_method_save": "disabled",
    "payment_method_save_usage": None,
}


@resource.on(
    "POST",
    "/v1/customer_sessions",
    {"customer": Text(required=True), "components": _COMPONENTS},
)
def create(call: Call, params: Obj) -> Obj:
    """Make one."""
    customer = call.find("customer", params["customer"], param="customer")
    components: Obj = template("customer_session")["components"]
    for name, sent in params["components"].items():
        components[name]["enabled"] = sent["enabled"]
        if name == "payment_element" and sent["enabled"]:
            features = {**_DEFAULT_FEATURES, **sent.get("features", {})}
            components[name]["features"] = features
    secret = f"cuss_secret_{random_text(48)}"
    session = template(
        "customer_session",
        client_secret=secret,
        components=components,
        created=call.now,
        customer=customer["id"],
        expires_at=call.now + LIFETIME,
    )
    # the object has no id of its own; its secret names it
    call.unit.add(call.account, {**session, "id": secret})
    return session
