"""Charges: made by payment intents; here they are read and annotated."""

from typing import Any

from ..call import Call
from ..listing import page
from ..metadata import changed, merge
from ..params import LISTING, SHIPPING, Created, Fields, Metadata, Text
from ..routes import Resource

Obj = dict[str, Any]
resource = Resource()


@resource.on(
    "GET",
    "/v1/charges",
    {
        **LISTING,
        "customer": Text(),
        "payment_intent": Text(),
        "transfer_group": Text(),
        "created": Created(),
    },
)
def index(call: Call, params: Obj) -> Obj:
    """A page, newest first."""
    where = {
        "customer": params.get("customer"),
        "parent": params.get("payment_intent"),
        "tag": params.get("transfer_group"),
    }
    return page(call, "charge", params, url="/v1/charges", where=where)


@resource.on("GET", "/v1/charges/<str:charge>")
def retrieve(call: Call, params: Obj, charge: str) -> Obj:
    """One by its id."""
    return call.find("charge", charge, in_path=True, param="charge")


@resource.on(
    "POST",
    "/v1/charges/<str:charge>",
    {
        "customer": Text(),
        "description": Text(unset=True),
        "fraud_details": Fields({"user_report": Text("fraudulent", "safe", unset=True)}),
        "metadata": Metadata(),
        "receipt_email": Text(unset=True),
        "shipping": SHIPPING,
        "transfer_group": Text(),
    },
)
def update(call: Call, params: Obj, charge: str) -> Obj:
    """Change what was sent; the rest stays."""
    found = call.find("charge", charge, in_path=True, param="charge")
    before = dict(found)
    merge(found, params)
    if customer := params.get("customer"):
        call.find("customer", customer, param="customer")
    found.update(params)
    if difference := changed(before, found):
        call.save(found)
        call.emit("charge.updated", found, difference)
    return found
