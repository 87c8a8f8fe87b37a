"""Tax ids of customers."""

import re
from pathlib import Path
from typing import Any

import orjson

from ..call import Call
from ..errors import invalid, missing
from ..listing import page
from ..params import LISTING, Text
from ..routes import Resource

Obj = dict[str, Any]
resource = Resource()
TYPES = tuple(orjson.loads((Path(__file__).parents[1] / "data" / "tax_id_types.json").read_bytes()))
_EU = re.compile(r"^[A-Z]{2}[0-9A-Z+*]{2,13}$")
_ANY = re.compile(r"^[0-9A-Za-z .\-/+*]{2,40}$")


def add(call: Call, customer: Obj, data: Obj) -> Obj:
    """Give the customer a tax id; the same one twice is refused."""
    type_, value = data["type"], data["value"].strip()
    if type_ not in TYPES:
        raise invalid(f"Invalid type: {type_}", param="type")
    if not (_EU if type_ == "eu_vat" else _ANY).match(value):
        raise invalid(f"Invalid value for {type_}.", param="value", code="tax_id_invalid")
    for other in _all(call, customer["id"]):
        if (other["type"], other["value"]) == (type_, value):
            raise invalid("This tax id exists already.", code="resource_already_exists")
    country = value[:2] if type_ == "eu_vat" else type_[:2].upper()
    tax_id = call.create(
        "tax_id",
        "txi",
        type=type_,
        value=value,
        country="GR" if country == "EL" else country,
        customer=customer["id"],
        owner={"type": "customer", "customer": customer["id"], "customer_account": None},
    )
    call.emit("customer.tax_id.created", tax_id)
    return tax_id


def _all(call: Call, customer: str) -> list[Obj]:
    rows = call.unit.select(
        "SELECT body FROM objects WHERE account = ? AND kind = 'tax_id' AND customer = ?",
        call.account,
        customer,
    )
    found = [call.unit.load(call.account, row[0]) for row in rows]
    return [tax_id for tax_id in found if not tax_id.get("deleted")]


@resource.on(
    "POST",
    "/v1/customers/<str:customer>/tax_ids",
    {"type": Text(*TYPES, required=True), "value": Text(required=True)},
)
def create(call: Call, params: Obj, customer: str) -> Obj:
    """Make one."""
    return add(call, call.find("customer", customer, in_path=True, param="customer"), params)


@resource.on("GET", "/v1/customers/<str:customer>/tax_ids", LISTING)
def index(call: Call, params: Obj, customer: str) -> Obj:
    """A page, newest first."""
    call.find("customer", customer, in_path=True, param="customer")
    url = f"/v1/customers/{customer}/tax_ids"
    return page(call, "tax_id", params, url=url, where={"customer": customer})


def _find(call: Call, customer: str, tax_id: str) -> Obj:
    found = call.find("tax_id", tax_id, in_path=True)
    if found["customer"] != customer:
        raise missing("tax_id", tax_id, in_path=True)
    return found


@resource.on("GET", "/v1/customers/<str:customer>/tax_ids/<str:tax_id>")
def retrieve(call: Call, params: Obj, customer: str, tax_id: str) -> Obj:
    """One by its id."""
    return _find(call, customer, tax_id)


@resource.on("DELETE", "/v1/customers/<str:customer>/tax_ids/<str:tax_id>")
def delete(call: Call, params: Obj, customer: str, tax_id: str) -> Obj:
    """Delete; only its id remains."""
    found = _find(call, customer, tax_id)
    call.emit("customer.tax_id.deleted", found)
    found["deleted"] = True
    return call.save(found)
