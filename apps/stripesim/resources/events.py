"""Events as they can be read, for those who missed a delivery. Kept for 30 days."""

from typing import Any

from ..call import Call
from ..errors import malformed, missing
from ..listing import page
from ..params import LISTING, Boolean, Created, Items, Text
from ..routes import Resource

Obj = dict[str, Any]
resource = Resource()
KEPT = 30 * 86400


@resource.on(
    "GET",
    "/v1/events",
    {
        **LISTING,
        "created": Created(),
        "delivery_success": Boolean(),
        "type": Text(),
        "types": Items(Text()),
    },
)
def index(call: Call, params: Obj) -> Obj:
    """A page, newest first."""
    if "type" in params and "types" in params:
        raise malformed("You may only specify one of: type, types.", param="types")
    clauses, values = ["created > ?"], [call.now - KEPT]
    types = params.get("types") or ([params["type"]] if "type" in params else [])
    if types:
        clauses.append("(" + " OR ".join(["tag GLOB ?"] * len(types)) + ")")
        values += types
    if "delivery_success" in params:
        inside = "NOT IN" if params["delivery_success"] else "IN"
        clauses.append(
            f"id {inside} (SELECT event FROM deliveries"  # noqa: S608  one of two words
            " WHERE state IN ('waiting', 'failed'))"
        )
    found = page(
        call, "event", params, url="/v1/events", sql=" AND ".join(clauses), values=tuple(values)
    )
    found["data"] = [_present(call, event) for event in found["data"]]
    return found


@resource.on("GET", "/v1/events/<str:event>")
def retrieve(call: Call, params: Obj, event: str) -> Obj:
    """One by its id."""
    found = call.find("event", event, in_path=True)
    if found["created"] <= call.now - KEPT:
        raise missing("event", event, in_path=True)
    return _present(call, found)


def _present(call: Call, event: Obj) -> Obj:
    pending = call.runtime.deliveries.pending(call.account, event["id"])
    return {**event, "pending_webhooks": pending}
