"""Events: the record of each change, with the object as it was, and its way to the endpoints."""

from typing import TYPE_CHECKING, Any
from zlib import crc32

import orjson

from . import settings
from .ids import new_id
from .present import public
from .runtime import PLATFORM

if TYPE_CHECKING:
    from .call import Call

Obj = dict[str, Any]
LANES = 4  # events of one payment keep their order; those of different payments need not


def record(call: "Call", type_: str, obj: Obj, previous: Obj | None) -> None:
    """Store the event and one waiting delivery for each endpoint that wants it."""
    data: Obj = {"object": public(obj)}
    if previous is not None:
        data["previous_attributes"] = previous
    endpoints = call.runtime.deliveries.wanting(type_, connect=call.account != PLATFORM)
    event: Obj = {
        "id": new_id("evt"),
        "object": "event",
        "api_version": settings.API_VERSION,
        "created": call.now,
        # the object must be the one of this moment, however the request goes on
        "data": orjson.Fragment(orjson.dumps(data)),
        "livemode": False,
        "pending_webhooks": len(endpoints),
        "request": {"id": call.request_id, "idempotency_key": call.idempotency_key},
        "type": type_,
    }
    if call.account != PLATFORM:
        event["account"] = call.account
    call.unit.add(call.account, event)
    if not endpoints:
        return
    lane = crc32((call.family or family(obj)).encode()) % LANES
    # whoever called has the answer, and may ask for what it tells to come later
    held = call.request_id is not None and call.runtime.deliveries.is_holding()
    for endpoint in endpoints:
        call.unit.execute(
            "INSERT INTO deliveries (account, event, endpoint, lane, state) VALUES (?, ?, ?, ?, ?)",
            call.account,
            event["id"],
            endpoint["id"],
            lane,
            "held" if held else "waiting",
        )
    if call.runtime.deliveries.wake not in call.unit.on_commit:
        call.unit.on_commit.append(call.runtime.deliveries.wake)


def family(obj: Obj) -> str:
    """What orders events among themselves: the payment, else the customer, else the object."""
    if obj["object"] == "payment_intent":
        return str(obj["id"])
    return str(obj.get("payment_intent") or obj.get("charge") or obj["id"])
