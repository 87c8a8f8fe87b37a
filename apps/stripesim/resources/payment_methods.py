"""Payment methods: cards only, by number or by one of Stripe's test ids."""

import hashlib
from datetime import UTC, datetime
from typing import Any

from .. import cards
from ..call import Call
from ..errors import card_error, invalid, missing
from ..listing import page
from ..metadata import changed, merge
from ..params import ADDRESS, LISTING, Fields, Integer, Metadata, Text
from ..routes import Resource
from ..templates import template

Obj = dict[str, Any]
resource = Resource()

BILLING_DETAILS = Fields(
    {
        "address": Fields(ADDRESS, unset=True),
        "email": Text(unset=True),
        "name": Text(unset=True),
        "phone": Text(unset=True),
        "tax_id": Text(),
    }
)
CARD = Fields(
    {
        "number": Text(),
        "exp_month": Integer(),
        "exp_year": Integer(),
        "cvc": Text(unset=True),
        "token": Text(),
    }
)
REDISPLAY = Text("always", "limited", "unspecified")
PAYMENT_METHOD_DATA: dict[str, Any] = {
    "type": Text("card", required=True),
    "card": CARD,
    "billing_details": BILLING_DETAILS,
    "allow_redisplay": REDISPLAY,
    "metadata": Metadata(),
}


def card_of(method: Obj) -> cards.Card:
    """What the card behind a stored payment method will do."""
    return cards.by_number(method["_number"])


def card_details(card: cards.Card, *, exp_month: int, exp_year: int, cvc: str | None) -> Obj:
    """The `card` hash of a payment method."""
    details: Obj = template("payment_method")["card"]
    checked = None if not cvc else "fail" if card.decline == "incorrect_cvc" else "unchecked"
    details.update(
        brand=card.brand,
        display_brand=card.brand,
        country=card.country,
        funding=card.funding,
        last4=card.number[-4:],
        exp_month=exp_month,
        exp_year=exp_year,
        fingerprint=hashlib.blake2b(card.number.encode(), digest_size=8).hexdigest(),
        networks={"available": [card.brand], "preferred": None},
        checks={
            "address_line1_check": None,
            "address_postal_code_check": None,
            "cvc_check": checked,
        },
    )
    return details


def build(call: Call, data: Obj) -> Obj:
    """A payment method's values from `payment_method_data`; 402 for an impossible card."""
    sent = data.get("card")
    if not sent:
        raise invalid("Missing required param: card.", param="card", code="parameter_missing")
    if token := sent.get("token"):
        card = cards.BY_NAME.get("pm_card_" + token.removeprefix("tok_"))
        if card is None:
            raise missing("token", token, param="card[token]")
        month, year, cvc = 12, _this_year(call) + 5, None
    else:
        if not sent.get("number"):
            message = "Missing required param: card[number]."
            raise invalid(message, param="card[number]", code="parameter_missing")
        card = cards.by_number(sent["number"])
        month, year, cvc = sent.get("exp_month"), sent.get("exp_year"), sent.get("cvc")
        year = year + 2000 if year is not None and year < 100 else year
        _check_expiry(call, month, year)
        if cvc is not None and not (cvc.isdigit() and 3 <= len(cvc) <= 4):
            message = "Your card's security code is invalid."
            raise card_error(message, "invalid_cvc", param="cvc")
    billing = dict(template("payment_method")["billing_details"])
    billing.update(data.get("billing_details") or {})
    billing["address"] = {**dict.fromkeys(ADDRESS), **(billing.get("address") or {})}
    return {
        "card": card_details(card, exp_month=month, exp_year=year, cvc=cvc),
        "billing_details": billing,
        "allow_redisplay": data.get("allow_redisplay", "unspecified"),
        "metadata": dict(data.get("metadata") or {}),
        "_number": card.number,
    }


def _this_year(call: Call) -> int:
    return datetime.fromtimestamp(call.now, UTC).year


def _check_expiry(call: Call, month: int | None, year: int | None) -> None:
    today = datetime.fromtimestamp(call.now, UTC)
    if month is None or not 1 <= month <= 12:
        message = "Your card's expiration month is invalid."
        raise card_error(message, "invalid_expiry_month", param="exp_month")
    if year is None or not today.year <= year <= today.year + 50:
        message = "Your card's expiration year is invalid."
        raise card_error(message, "invalid_expiry_year", param="exp_year")
    if (year, month) < (today.year, today.month):
        message = "Your card's expiration month is invalid."
        raise card_error(message, "invalid_expiry_month", param="exp_month")


def make(call: Call, values: Obj) -> Obj:
    """Store a payment method of these values, belonging to nobody yet."""
    return call.create("payment_method", "pm", **values)


def resolve(call: Call, method_id: str, param: str = "payment_method") -> Obj:
    """The stored method, or a new one when the id is one of Stripe's `pm_card_…`."""
    if method_id in cards.BY_NAME:
        number = cards.BY_NAME[method_id].number
        expiry = {"exp_month": 12, "exp_year": _this_year(call) + 5}
        return make(call, build(call, {"card": {"number": number, **expiry}}))
    return call.find("payment_method", method_id, param=param)


def of_customer(call: Call, customer: str) -> list[Obj]:
    """The customer's payment methods, newest first."""
    rows = call.unit.select(
        "SELECT body FROM objects WHERE account = ? AND kind = 'payment_method'"
        " AND customer = ? ORDER BY seq DESC",
        call.account,
        customer,
    )
    return [call.unit.load(call.account, row[0]) for row in rows]


def check_usable(method: Obj, customer: str | None) -> None:
    """Refuse a spent method, one of another customer, or one without its customer."""
    if method.get("_spent"):
        raise invalid(
            "This PaymentMethod was used without a Customer before, or was detached from a"
            " Customer. It cannot be used again: attach a PaymentMethod to a Customer to use it"
            " more than once.",
            param="payment_method",
            code="payment_method_unexpected_state",
        )
    if method["customer"] and method["customer"] != customer:
        owner = customer or "of this request: none was given"
        raise invalid(
            f"The payment method {method['id']} does not belong to the customer {owner}.",
            param="customer" if customer is None else "payment_method",
            code="resource_missing" if customer else None,
        )


def attach_to(call: Call, method: Obj, customer: str) -> None:
    """Attach; the same customer again changes nothing. A declining card is refused with 402."""
    if method["customer"] == customer:
        return
    check_usable(method, customer)
    card = card_of(method)
    if card.decline and card.declines_setup and card.three_d_secure == "never":
        raise cards.decline(card.decline)
    method["customer"] = customer
    if method["card"]["checks"]["cvc_check"] == "unchecked":
        method["card"]["checks"]["cvc_check"] = "pass"
    call.save(method)
    call.emit("payment_method.attached", method)


def detach_from(call: Call, method: Obj) -> None:
    """Detach for good: a detached method cannot be used again."""
    owner, method["customer"] = method["customer"], None
    method["_spent"] = True
    call.save(method)
    call.emit("payment_method.detached", method, {"customer": owner})
    customer = call.get(owner)
    if customer and customer["invoice_settings"]["default_payment_method"] == method["id"]:
        customer["invoice_settings"]["default_payment_method"] = None
        call.save(customer)


@resource.on("POST", "/v1/payment_methods", {**PAYMENT_METHOD_DATA}, browser=True)
def create(call: Call, params: Obj) -> Obj:
    """Make one."""
    return make(call, build(call, params))


@resource.on(
    "GET",
    "/v1/payment_methods",
    {**LISTING, "customer": Text(), "type": Text(), "allow_redisplay": REDISPLAY},
)
def index(call: Call, params: Obj) -> Obj:
    """A page, newest first."""
    if customer := params.get("customer"):
        call.find("customer", customer, param="customer")
    where = {
        "customer": params.get("customer"),
        "tag": params.get("type"),
        "$.allow_redisplay": params.get("allow_redisplay"),
    }
    return page(call, "payment_method", params, url="/v1/payment_methods", where=where)


@resource.on("GET", "/v1/payment_methods/<str:payment_method>")
def retrieve(call: Call, params: Obj, payment_method: str) -> Obj:
    """One by its id."""
    if card := cards.BY_NAME.get(payment_method):
        expiry = {"exp_month": 12, "exp_year": _this_year(call) + 5}
        values = build(call, {"card": {"number": card.number, **expiry}})
        return template("payment_method", **values, id=payment_method, created=call.now)
    return call.find("payment_method", payment_method, in_path=True, param="payment_method")


@resource.on(
    "POST",
    "/v1/payment_methods/<str:payment_method>",
    {
        "allow_redisplay": REDISPLAY,
        "billing_details": BILLING_DETAILS,
        "card": Fields({"exp_month": Integer(1, 12), "exp_year": Integer()}),
        "metadata": Metadata(),
    },
)
def update(call: Call, params: Obj, payment_method: str) -> Obj:
    """Change what was sent; the rest stays."""
    found = call.find("payment_method", payment_method, in_path=True, param="payment_method")
    if not found["customer"]:
        raise invalid("You must attach this PaymentMethod to a Customer before updating it.")
    before = dict(found)
    merge(found, params)
    if billing := params.pop("billing_details", None):
        if "address" in billing:
            billing["address"] = {**dict.fromkeys(ADDRESS), **(billing["address"] or {})}
        found["billing_details"] = {**found["billing_details"], **billing}
    if card := params.pop("card", None):
        found["card"] = {**found["card"], **card}
    found.update(params)
    call.save(found)
    call.emit("payment_method.updated", found, changed(before, found))
    return found


@resource.on(
    "POST", "/v1/payment_methods/<str:payment_method>/attach", {"customer": Text(required=True)}
)
def attach(call: Call, params: Obj, payment_method: str) -> Obj:
    """Attach to a customer; the same one again changes nothing."""
    customer = call.find("customer", params["customer"], param="customer")
    method = (
        resolve(call, payment_method)
        if payment_method in cards.BY_NAME
        else call.find("payment_method", payment_method, in_path=True, param="payment_method")
    )
    if method["customer"] and method["customer"] != customer["id"]:
        raise invalid("The payment method you provided has already been attached to a customer.")
    attach_to(call, method, customer["id"])
    return method


@resource.on("POST", "/v1/payment_methods/<str:payment_method>/detach")
def detach(call: Call, params: Obj, payment_method: str) -> Obj:
    """Detach for good."""
    method = call.find("payment_method", payment_method, in_path=True, param="payment_method")
    if not method["customer"]:
        raise invalid(
            "The payment method you provided is not attached to a customer, so it cannot be"
            " detached."
        )
    detach_from(call, method)
    return method
