"""Setup intents: parameters and states; the setting up itself is in `setting_up`."""

from typing import Any

from .. import setting_up
from ..call import Call
from ..listing import page
from ..params import LISTING, Boolean, Created, Fields, Items, Kind, Text
from ..routes import Resource
from . import intents

Obj = dict[str, Any]
resource = Resource()

_OPTIONS = Fields(
    {"card": Fields({"request_three_d_secure": Text("any", "automatic", "challenge")})}
)
_SHARED: dict[str, Kind] = {
    **intents.NOTES,
    **intents.METHOD,
    "payment_method_options": _OPTIONS,
    "payment_method_types": Items(Text()),
}
_OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")


@resource.on(
    "POST",
    "/v1/setup_intents",
    {
        **_SHARED,
        **intents.CONFIRMING,
        "automatic_payment_methods": intents.AUTOMATIC,
        "confirm": Boolean(),
        "usage": Text("off_session", "on_session"),
    },
)
def create(call: Call, params: Obj) -> Obj:
    """Make one, and confirm it if asked to."""
    confirm_now = params.pop("confirm", False)
    confirming = intents.take_confirming(params, tuple(intents.CONFIRMING), confirm=confirm_now)
    intent = intents.start(call, "setup_intent", "seti", params)
    intents.apply(call, intent, params)
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
    intents.take_secret(call, found, params)
    return intents.for_caller(call, found)


@resource.on("POST", "/v1/setup_intents/<str:intent>", _SHARED)
def update(call: Call, params: Obj, intent: str) -> Obj:
    """Change what was sent; the rest stays."""
    found = call.find("setup_intent", intent, in_path=True, param="intent")
    if not set(params) <= {"metadata", "description"}:
        intents.check_state(found, *_OPEN, verb="updated")
    intents.apply(call, found, params)
    return found


@resource.on(
    "POST",
    "/v1/setup_intents/<str:intent>/confirm",
    {
        **intents.CONFIRMING,
        **intents.METHOD,
        "client_secret": Text(),
        "payment_method_options": _OPTIONS,
    },
    browser=True,
)
def confirm(call: Call, params: Obj, intent: str) -> Obj:
    """Confirm with what was sent or what the intent has."""
    found = call.find("setup_intent", intent, in_path=True, param="intent")
    intents.take_secret(call, found, params)
    intents.check_state(found, *_OPEN, verb="confirmed")
    confirming = intents.take_confirming(params, tuple(intents.CONFIRMING), confirm=True)
    intents.apply(call, found, params)
    return intents.for_caller(call, _confirm(call, found, confirming))


@resource.on(
    "POST",
    "/v1/setup_intents/<str:intent>/cancel",
    {"cancellation_reason": Text("abandoned", "duplicate", "requested_by_customer")},
)
def cancel(call: Call, params: Obj, intent: str) -> Obj:
    """Cancel what is not finished."""
    found = call.find("setup_intent", intent, in_path=True, param="intent")
    intents.check_state(found, *_OPEN, verb="canceled")
    found.update(
        status="canceled",
        cancellation_reason=params.get("cancellation_reason"),
        next_action=None,
    )
    call.save(found)
    call.emit("setup_intent.canceled", found)
    return found


def _confirm(call: Call, intent: Obj, params: Obj) -> Obj:
    method, token = intents.chosen_method(call, intent, params)
    return_url = params.get("return_url") or token.get("return_url")
    intents.check_return_url(intent, return_url, params)
    return setting_up.confirm(call, intent, method, return_url=return_url)
