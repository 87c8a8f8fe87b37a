"""How the hosted page shows what is counted and what is taken off: plain strings."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from apps.catalog.pricing import is_free, upfront_amount
from apps.checkouts import wording
from apps.checkouts.models import Checkout
from apps.checkouts.operations.choosing import MAX_QUANTITY, quantity_limits
from apps.checkouts.operations.quoting import basket_of
from apps.checkouts.selectors import prices_of
from apps.core.money import format_amount
from apps.discounts.models import Discount
from apps.orders.labels import item_label


def shown_discount(checkout: Checkout) -> dict[str, Any]:
    """The discount as the buyer reads it, and whether they may type a code."""
    discount = checkout.discount
    text = ""
    if discount is not None:
        if discount.type == Discount.Type.PERCENTAGE:
            share = f"{(Decimal(discount.basis_points or 0) / 100).normalize():f}%"
        else:
            amount = (discount.amounts or {}).get(checkout.currency, 0)
            share = format_amount(amount, checkout.currency)
        text = wording.reduction(
            share=share,
            duration=discount.duration,
            months=discount.duration_in_months,
            is_recurring=checkout.product is not None and checkout.product.is_recurring,
        )
    may_type = checkout.allow_discount_codes and not is_free(basket_of(checkout).prices)
    return {
        "name": (discount.code or discount.name) if discount else "",
        "text": text,
        "can_change": checkout.allow_discount_codes,
        "is_shown": discount is not None or may_type,
    }


def shown_quantity(checkout: Checkout) -> dict[str, Any] | None:
    """How many seats or units, and how many there may be; None where nothing is counted."""
    for name in ("seats", "units"):
        limits = quantity_limits(checkout, name)
        if limits is not None:
            maximum = min(limits.maximum or MAX_QUANTITY, MAX_QUANTITY)
            return {
                "name": name,
                "label": _quantity_label(checkout, name),
                "value": getattr(checkout, name) or limits.minimum,
                "minimum": limits.minimum,
                "maximum": maximum,
                "is_fixed": limits.minimum == maximum,
                "hint": _quantity_hint(limits.minimum, limits.maximum),
            }
    return None


def shown_parts(checkout: Checkout) -> list[tuple[str, str]]:
    """What the amount is made of, where it is more than one price or a number of something."""
    basket = basket_of(checkout)
    if len(basket.prices) < 2 and shown_quantity(checkout) is None:
        return []
    parts = []
    for price, terms in zip(prices_of(checkout), basket.prices, strict=True):
        counts = {"seat": checkout.seats, "unit": checkout.units}
        label = "Base price"
        if counts.get(price.kind) is not None:
            label = item_label(
                "", price_type=price.kind, quantity=counts[price.kind], unit_label=price.unit_label
            ).strip(" ()")
        amount = upfront_amount((terms,), basket.selection)
        parts.append((label, format_amount(amount, checkout.currency)))
    return parts


def _quantity_label(checkout: Checkout, name: str) -> str:
    if name == "seats":
        return "Seats"
    label = next((price.unit_label for price in prices_of(checkout) if price.unit_label), None)
    words: Mapping[str, str] = (label or {}).get("en") or next(iter((label or {}).values()), {})
    return str(words.get("other") or "units").capitalize()


def _quantity_hint(minimum: int, maximum: int | None) -> str:
    if maximum is not None and minimum == maximum:
        return ""
    if maximum is not None:
        return f"From {minimum} to {maximum}."
    return f"At least {minimum}." if minimum > 1 else ""
