"""Amounts, splitting, expiry, codes, limits and changes of discounts."""

from datetime import datetime
from typing import Any

from apps.catalog.models import Product
from apps.catalog.operations import PriceInput, ProductInput, create_product
from apps.core.errors import ValidationFailed
from apps.core.ids import new_id
from apps.customers.models import Customer
from apps.discounts import rules, selectors
from apps.discounts.models import Discount
from apps.discounts.operations import (
    DiscountInput,
    attach_redemption,
    create_discount,
    redeem,
)
from apps.discounts.terms import is_expired as is_terms_expired
from apps.orders.models import Order
from apps.organizations.models import Organization
from tests.cases.registry import Facts, NotYet, adapter
from tests.cases.terms import discount_terms
from tests.cases.world import NOW, Merchant, make_customer, make_organization, origin_at

AREA = "discounts"


@adapter(AREA)
def allocate(given: Facts, when: Facts) -> Facts:
    terms = discount_terms(given["discount"])
    assert terms is not None
    return {"parts": terms.amounts_off(when["amounts"], given["currency"])}


@adapter(AREA)
def amount_off(given: Facts, when: Facts) -> Facts:
    terms = discount_terms(given["discount"])
    assert terms is not None
    return {"discount_amount": terms.amount_off(when["amount"], given["currency"])}


@adapter(AREA)
def is_expired(given: Facts, when: Facts) -> Facts:
    applied_at = given.get("applied_at")
    expired = is_terms_expired(
        duration=given["discount"].get("duration") or "once",
        months=given["discount"].get("duration_in_months"),
        applied_at=datetime.fromisoformat(applied_at) if applied_at else None,
        period_start_at=datetime.fromisoformat(when["period_start"]),
    )
    return {"expired": expired}


@adapter(AREA, db=True)
def is_redeemable(given: Facts, when: Facts) -> Facts:
    discount = _discount(make_organization(), given["discount"])
    return {"redeemable": selectors.is_redeemable(discount, _time(given["now"]))}


@adapter(AREA, db=True)
def find_by_code(given: Facts, when: Facts) -> Facts:
    organization = make_organization()
    _discount(organization, given["discount"])
    return {"found": selectors.find_by_code(organization, when["code"]) is not None}


@adapter(AREA, db=True)
def set_code(given: Facts, when: Facts) -> Facts:
    organization = make_organization()
    discount = _discount(organization, given["discount"])
    if not given.get("same"):
        discount = _discount(organization, {})
    return _changed(organization, discount, {"code": when["code"]})


@adapter(AREA)
def validate_code(given: Facts, when: Facts) -> Facts:
    try:
        return {"valid": True, "stored": rules.clean_code(when["code"])}
    except ValidationFailed:
        return {"valid": False, "stored": None}


@adapter(AREA, db=True)
def customer_limit_reached(given: Facts, when: Facts) -> Facts:
    organization = make_organization()
    limit = given["max_redemptions_per_customer"]
    # Without a limit at first, so that the past can hold more uses than are allowed now.
    discount = _discount(organization, {})
    buyers: dict[str, Customer] = {}
    checkout_id = new_id()
    for past in given["past"]:
        if any("refund" in fact for fact in past):
            raise NotYet("refunds with their reasons")
        used_at = checkout_id if past.get("current_checkout") else new_id()
        customer = _buyer(organization, buyers, past.get("customer"))
        redeem(
            discount=discount,
            checkout_id=used_at,
            customer=customer,
            email=past.get("email"),
            fingerprint=past.get("fingerprint"),
            origin=origin_at(),
        )
        subscription_id = new_id()
        attach_redemption(checkout_id=used_at, subscription_id=subscription_id, origin=origin_at())
        statuses = past.get("order_statuses") or [past.get("order_status")]
        for status in filter(None, statuses):
            _order(organization, customer, status, subscription_id=subscription_id)
    discount.max_redemptions_per_customer = limit
    discount.save()
    checkout = given["checkout"]
    buyer = _buyer(organization, buyers, checkout.get("customer"))
    reached = selectors.customer_limit_reached(
        discount,
        checkout_id=checkout_id,
        customer_id=buyer.pk if buyer else None,
        email=checkout.get("email"),
        fingerprint=checkout.get("fingerprint"),
    )
    return {"reached": reached}


@adapter(AREA, db=True)
def update(given: Facts, when: Facts) -> Facts:
    organization = make_organization()
    products = {name: _product(organization) for name in _names(given, when)}
    facts = dict(given["discount"])
    facts["products"] = [products[name].pk for name in facts.get("products") or []]
    discount = _discount(organization, facts)
    changes = dict(when["changes"])
    if changes.get("products"):
        changes["products"] = [str(products[name].pk) for name in changes["products"]]
    answer = _changed(organization, discount, changes)
    names = {str(product.pk): name for name, product in products.items()}
    if "products" in answer:
        answer["products"] = [names[one["id"]] for one in answer["products"]]
    return answer


@adapter(AREA, db=True)
def create(given: Facts, when: Facts) -> Facts:
    answer = Merchant(make_organization()).call("POST", "discounts/", when["body"])
    return {**answer.refusal(), **(answer.body if answer.status == 201 else {})}


@adapter(AREA, db=True)
def is_applicable(given: Facts, when: Facts) -> Facts:
    organization = make_organization()
    names = {when["product"], *(given.get("restricted_to") or [])}
    products = {name: _product(organization) for name in names}
    allowed = [products[name].pk for name in given.get("restricted_to") or []]
    discount = _discount(organization, {**given["discount"], "products": allowed})
    applicable = selectors.is_applicable(
        discount, product_id=products[when["product"]].pk, currency=when["currency"]
    )
    return {"applicable": applicable}


def _changed(organization: Organization, discount: Discount, changes: Facts) -> Facts:
    """What a change over the API answers."""
    answer = Merchant(organization).call("PATCH", f"discounts/{discount.pk}", changes)
    facts = {"error": None, **answer.refusal()}
    return {**facts, **answer.body} if answer.status < 400 else facts


def _discount(organization: Organization, facts: dict[str, Any]) -> Discount:
    kind = facts.get("type") or "percentage"
    data = DiscountInput(
        name="Discount",
        type=kind,
        basis_points=facts.get("basis_points") or (1000 if kind == "percentage" else None),
        amounts=facts.get("amounts"),
        duration=facts.get("duration") or "once",
        duration_in_months=facts.get("duration_in_months"),
        code=facts.get("code"),
        starts_at=_time(facts.get("starts_at")),
        ends_at=_time(facts.get("ends_at")),
        max_redemptions=facts.get("max_redemptions"),
        products=facts.get("products") or (),
    )
    discount = create_discount(organization=organization, data=data, origin=origin_at())
    if facts.get("redemptions_count"):
        discount.redemptions_count = facts["redemptions_count"]
        discount.save()
    return discount


def _names(given: Facts, when: Facts) -> list[str]:
    return [
        *(given["discount"].get("products") or []),
        *(when["changes"].get("products") or []),
    ]


def _product(organization: Organization) -> Product:
    data = ProductInput(name="Product", prices=[PriceInput(kind="fixed", fixed_amount=1000)])
    return create_product(organization=organization, data=data, origin=origin_at())


def _buyer(
    organization: Organization, buyers: dict[str, Customer], name: str | None
) -> Customer | None:
    if name is not None and name not in buyers:
        buyers[name] = make_customer(organization)
    return None if name is None else buyers[name]


def _order(
    organization: Organization, customer: Customer | None, status: str, **links: Any
) -> None:
    Order.objects.create(
        organization=organization,
        customer=customer or make_customer(organization),
        status=status,
        billing_reason="purchase",
        currency="usd",
        subtotal_amount=1000,
        net_amount=1000,
        paid_at=NOW,
        created_at=NOW,
        **links,
    )


def _time(value: str | None) -> Any:
    return datetime.fromisoformat(value) if value else None
