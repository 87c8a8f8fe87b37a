"""Customers and their lists of payment methods."""

from typing import Any

from ..call import Call
from ..errors import invalid
from ..ids import random_text
from ..listing import page
from ..metadata import changed, merge
from ..params import (
    ADDRESS,
    LISTING,
    SHIPPING,
    Created,
    Fields,
    Integer,
    Items,
    Metadata,
    Text,
)
from ..present import public
from ..routes import Resource
from . import payment_methods, tax_ids

Obj = dict[str, Any]
resource = Resource()

_FIELDS = {
    "address": Fields(ADDRESS, unset=True),
    "balance": Integer(),
    "description": Text(unset=True),
    "email": Text(max_length=512, unset=True),
    "invoice_prefix": Text(max_length=12),
    "invoice_settings": Fields(
        {"default_payment_method": Text(unset=True), "footer": Text(unset=True)}
    ),
    "metadata": Metadata(),
    "name": Text(max_length=256, unset=True),
    "phone": Text(max_length=20, unset=True),
    "preferred_locales": Items(Text()),
    "shipping": SHIPPING,
    "tax_exempt": Text("none", "exempt", "reverse", unset=True),
}
_TAX_ID = Fields({"type": Text(required=True), "value": Text(required=True)})


@resource.on(
    "POST",
    "/v1/customers",
    {**_FIELDS, "payment_method": Text(), "tax_id_data": Items(_TAX_ID)},
)
def create(call: Call, params: Obj) -> Obj:
    """Make one."""
    tax_id_data = params.pop("tax_id_data", [])
    method_id = params.pop("payment_method", None)
    customer = call.create(
        "customer", "cus", invoice_prefix=random_text(8).upper(), next_invoice_sequence=1
    )
    _apply(call, customer, params)
    call.emit("customer.created", customer)
    for data in tax_id_data:
        tax_ids.add(call, customer, data)
    if method_id:
        payment_methods.attach_to(call, payment_methods.resolve(call, method_id), customer["id"])
    return customer


@resource.on("GET", "/v1/customers", {**LISTING, "email": Text(), "created": Created()})
def index(call: Call, params: Obj) -> Obj:
    """A page, newest first."""
    where = {"tag": params.get("email")}
    return page(call, "customer", params, url="/v1/customers", where=where)


@resource.on("GET", "/v1/customers/<str:customer>")
def retrieve(call: Call, params: Obj, customer: str) -> Obj:
    """One by its id."""
    found = call.get(customer)
    if found is not None and found.get("deleted") and found["object"] == "customer":
        return found
    return call.find("customer", customer, in_path=True)


@resource.on("POST", "/v1/customers/<str:customer>", _FIELDS)
def update(call: Call, params: Obj, customer: str) -> Obj:
    """Change what was sent; the rest stays."""
    found = call.find("customer", customer, in_path=True)
    before = dict(found)
    _apply(call, found, params)
    if difference := changed(before, found):
        call.save(found)
        call.emit("customer.updated", found, difference)
    return found


@resource.on("DELETE", "/v1/customers/<str:customer>")
def delete(call: Call, params: Obj, customer: str) -> Obj:
    """Delete; only its id remains."""
    found = call.find("customer", customer, in_path=True)
    call.emit("customer.deleted", found)
    for method in payment_methods.of_customer(call, customer):
        payment_methods.detach_from(call, method)
    found["deleted"] = True
    return call.save(found)


@resource.on(
    "GET",
    "/v1/customers/<str:customer>/payment_methods",
    {**LISTING, "type": Text(), "allow_redisplay": Text("always", "limited", "unspecified")},
)
def list_payment_methods(call: Call, params: Obj, customer: str) -> Obj:
    """The customer's payment methods, newest first."""
    call.find("customer", customer, in_path=True, param="customer")
    return page(
        call,
        "payment_method",
        params,
        url=f"/v1/customers/{customer}/payment_methods",
        where={
            "customer": customer,
            "tag": params.get("type"),
            "$.allow_redisplay": params.get("allow_redisplay"),
        },
    )


@resource.on("GET", "/v1/customers/<str:customer>/payment_methods/<str:payment_method>")
def retrieve_payment_method(call: Call, params: Obj, customer: str, payment_method: str) -> Obj:
    """One of the customer's payment methods."""
    call.find("customer", customer, in_path=True, param="customer")
    found = call.find("payment_method", payment_method, in_path=True, param="payment_method")
    if found["customer"] != customer:
        raise invalid(
            f"The payment method {payment_method} does not belong to the customer {customer}.",
            param="payment_method",
        )
    return public(found)


def _apply(call: Call, customer: Obj, params: Obj) -> None:
    merge(customer, params)
    settings = params.pop("invoice_settings", None)
    if settings:
        method_id = settings.get("default_payment_method")
        if method_id:
            method = payment_methods.resolve(call, method_id, "default_payment_method")
            if method["customer"] != customer["id"]:
                raise invalid(
                    f"The customer does not have a payment method with the ID {method_id}: it"
                    " does not belong to the customer. Attach it first.",
                    param="invoice_settings[default_payment_method]",
                    code="resource_missing",
                )
            settings["default_payment_method"] = method["id"]
        customer["invoice_settings"] = {**customer["invoice_settings"], **settings}
    if "address" in params and params["address"] is not None:
        params["address"] = {**dict.fromkeys(ADDRESS), **params["address"]}
    if "tax_exempt" in params:
        params["tax_exempt"] = params["tax_exempt"] or "none"
    customer.update(params)
