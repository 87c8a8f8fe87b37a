"""New checkout sessions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from apps.catalog.inputs import PriceInput
from apps.catalog.models import Price, Product
from apps.catalog.operations import create_ad_hoc_prices
from apps.catalog.selectors import listed_prices, priced_products
from apps.checkouts.models import (
    CLIENT_SECRET_PREFIX,
    Checkout,
    CheckoutLink,
    CheckoutProduct,
)
from apps.checkouts.offers import Offer, choose_currency
from apps.checkouts.operations.changing import apply_changes
from apps.checkouts.operations.choosing import select_offer
from apps.checkouts.operations.quoting import requote
from apps.checkouts.operations.upgrading import upgraded_subscription
from apps.checkouts.selectors import keep_offers
from apps.core.credentials import new_credential
from apps.core.errors import DomainError, Problem, ValidationFailed
from apps.core.origin import Origin
from apps.core.rows import insert_row, insert_rows
from apps.customers.models import Customer
from apps.events.operations import record
from apps.organizations.models import Organization
from apps.subscriptions.models import Subscription


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCheckout:
    """
    What a merchant asks for.

    `product_ids` in the order they are offered, the first one selected. `prices` replaces the
    catalog prices of a product by ones made for this checkout. `subscription_id` is a free one that
    the purchase takes the place of. `limits` has any of `min_seats`, `max_seats`, `min_units` and
    `max_units`. `details` are further fields by
    their API names, as `update_checkout` takes them; `wishes` are such fields too, one after the
    other, and those that cannot be are left out. `buyer_country` is where the buyer seems to
    be (two letters); it suggests a currency and nothing else. `link` is what it is made from.
    """

    product_ids: Sequence[UUID]
    prices: Mapping[UUID, Sequence[PriceInput]] = field(default_factory=dict)
    currency: str | None = None
    customer_id: UUID | None = None
    external_customer_id: str | None = None
    subscription_id: UUID | None = None
    limits: Mapping[str, int] = field(default_factory=dict)
    buyer_country: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    wishes: Sequence[tuple[str, Any]] = ()
    link: CheckoutLink | None = None


@transaction.atomic
def create_checkout(*, organization: Organization, data: NewCheckout, origin: Origin) -> Checkout:
    """
    An open checkout that lives for a day.

    :raises ValidationFailed: for unknown or archived products, prices of products that are not
        offered, an unknown customer, a subscription that is not free, a currency without a price,
        an amount or quantity out of bounds, a discount that does not apply, an impossible address
        or tax id.
    :raises DiscountRedemptionLimitReached: if the customer has used the discount too often.
    """
    offers = _offers(organization, data, origin)
    currency = choose_currency(
        offers[0],
        explicit=data.currency,
        country=data.buyer_country,
        default=organization.default_presentment_currency,
    )
    checkout = Checkout(
        created_at=origin.at,
        organization=organization,
        link=data.link,
        client_secret=new_credential(CLIENT_SECRET_PREFIX),
        expires_at=origin.at + timedelta(hours=settings.CHECKOUT_LIFETIME_HOURS),
        currency=currency,
        allow_trial=True,
        external_customer_id=data.external_customer_id,
        subscription=upgraded_subscription(organization, data.subscription_id),
        **_quantity_limits(data.limits),
    )
    # What was just made need not be read again.
    keep_offers(checkout, offers)
    select_offer(checkout, offers[0], currency)
    details = dict(data.details)
    _prefill(checkout, _known_customer(organization, data, checkout.subscription), details)
    if details.get("customer_billing_address") and "require_billing_address" not in details:
        checkout.require_billing_address = True
    apply_changes(checkout, details, at=origin.at)
    for name, value in data.wishes:
        with suppress(DomainError):
            apply_changes(checkout, {name: value}, at=origin.at)
    requote(checkout)
    insert_row(checkout)
    _link(checkout, offers, data)
    record(
        "checkout.created",
        subject=checkout,
        organization_id=organization.pk,
        origin=origin,
        payload={"product_id": str(checkout.product_id), "currency": currency},
    )
    return checkout


def _offers(organization: Organization, data: NewCheckout, origin: Origin) -> list[Offer]:
    ids = list(dict.fromkeys(data.product_ids))
    if not ids:
        raise ValidationFailed.at(
            "body", "products", msg="At least one product is needed.", value=[], kind="too_short"
        )
    found = priced_products(organization, ids)
    _require_sellable(ids, found)
    _require_offered(ids, data.prices)
    offers = []
    for product_id in ids:
        product = found[product_id]
        product.organization = organization
        made = data.prices.get(product_id)
        if made:
            loc = ("body", "prices", str(product_id))
            prices: Sequence[Price] = create_ad_hoc_prices(
                product=product, prices=list(made), origin=origin, loc=loc
            )
        else:
            prices = listed_prices(product)
        if not prices:
            raise ValidationFailed.at(
                "body",
                "products",
                ids.index(product_id),
                msg="The product has no price.",
                value=str(product_id),
            )
        offers.append(Offer(product=product, prices=prices))
    return offers


def _require_sellable(ids: list[UUID], found: Mapping[UUID, Product]) -> None:
    problems: list[Problem] = []
    for index, product_id in enumerate(ids):
        product = found.get(product_id)
        if product is not None and not product.is_archived:
            continue
        message = "Product does not exist." if product is None else "Product is archived."
        problems.append(
            {
                "loc": ["body", "products", index],
                "msg": message,
                "type": "value_error",
                "input": str(product_id),
            }
        )
    if problems:
        raise ValidationFailed(problems)


def _require_offered(ids: list[UUID], prices: Mapping[UUID, Sequence[PriceInput]]) -> None:
    problems: list[Problem] = [
        {
            "loc": ["body", "prices", str(product_id)],
            "msg": "The product is none of those in `products`.",
            "type": "value_error",
            "input": str(product_id),
        }
        for product_id in prices
        if product_id not in ids
    ]
    if problems:
        raise ValidationFailed(problems)


def _quantity_limits(limits: Mapping[str, int]) -> dict[str, int]:
    """Passes if no minimum is above its maximum."""
    for name in ("seats", "units"):
        low, high = limits.get(f"min_{name}"), limits.get(f"max_{name}")
        if low is not None and high is not None and low > high:
            raise ValidationFailed.at(
                "body", f"min_{name}", msg="The minimum is above the maximum.", value=low
            )
    return dict(limits)


def _known_customer(
    organization: Organization, data: NewCheckout, upgraded: Subscription | None
) -> Customer | None:
    if upgraded is not None:
        return upgraded.customer
    living = Customer.objects.filter(organization=organization, deleted_at=None)
    if data.customer_id is not None:
        customer = living.filter(pk=data.customer_id).first()
        if customer is None:
            raise ValidationFailed.at(
                "body",
                "customer_id",
                msg="Customer does not exist.",
                value=str(data.customer_id),
            )
        return customer
    if data.external_customer_id is not None:
        return living.filter(external_id=data.external_customer_id).first()
    return None


def _prefill(checkout: Checkout, customer: Customer | None, details: dict[str, Any]) -> None:
    """What is known of the customer, where the merchant did not say otherwise."""
    if customer is None:
        return
    checkout.customer = customer
    checkout.customer_email = customer.email
    details.pop("customer_email", None)
    known = {
        "customer_name": customer.name if customer.type != Customer.Type.TEAM else None,
        "customer_billing_name": customer.billing_name,
        "customer_billing_address": customer.billing_address,
        "customer_tax_id": customer.tax_id[0] if customer.tax_id else None,
        "locale": customer.locale,
    }
    for name, value in known.items():
        if value is not None and details.get(name) is None:
            details[name] = value
    if customer.billing_address and "require_billing_address" not in details:
        # What we know already is no demand of the merchant's.
        details["require_billing_address"] = False


def _link(checkout: Checkout, offers: list[Offer], data: NewCheckout) -> None:
    links = [
        CheckoutProduct(checkout=checkout, product=offer.product, position=position)
        for position, offer in enumerate(offers)
    ]
    insert_rows(links)
    for link, offer in zip(links, offers, strict=True):
        if data.prices.get(offer.product.pk):
            link.ad_hoc_prices.set(offer.prices)
