"""Making and replacing the prices of a product."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.catalog.inputs import PriceInput
from apps.catalog.models import Price, Product
from apps.catalog.price_sets import (
    Loc,
    PriceLine,
    completed_price,
    price_problem,
    require_whole_set,
)
from apps.catalog.selectors import listed_price_rows
from apps.catalog.tiers import validate_tiers
from apps.core.errors import Problem, ValidationFailed
from apps.core.origin import Origin

PRICES: Loc = ("body", "prices")


@transaction.atomic
def create_ad_hoc_prices(
    *, product: Product, prices: Sequence[PriceInput], origin: Origin, loc: Loc = PRICES
) -> list[Price]:
    """
    Prices made for one checkout: under the rules of the catalog, and never listed in it.

    :raises ValidationFailed: under `loc`, if they break one.
    """
    completed = _checked(product, prices, loc)
    lines = [
        PriceLine(price.kind, price.currency or "", index, price.tax_behavior)
        for index, price in enumerate(completed)
    ]
    require_whole_set(lines, product.organization.default_presentment_currency, loc=loc)
    return _save(product, completed, Price.Source.AD_HOC, origin)


def create_prices(product: Product, prices: Sequence[PriceInput], origin: Origin) -> list[Price]:
    """The first prices of a new product."""
    completed = _checked(product, prices, PRICES)
    lines = [
        PriceLine(price.kind, price.currency or "", index, price.tax_behavior)
        for index, price in enumerate(completed)
    ]
    require_whole_set(lines, product.organization.default_presentment_currency, loc=PRICES)
    return _save(product, completed, Price.Source.CATALOG, origin)


def replace_prices(
    product: Product, wanted: Sequence[PriceInput | UUID], origin: Origin
) -> dict[str, tuple[list[str], list[str]]]:
    """
    Keep the prices named by id, make the new ones, archive the rest; gives (before, after) ids.

    :raises ValidationFailed: for an id that is not in force, or a set that breaks a rule.
    """
    current = {price.pk: price for price in listed_price_rows().filter(product=product)}
    new = {index: price for index, price in enumerate(wanted) if isinstance(price, PriceInput)}
    completed = dict(zip(new, _checked(product, wanted, PRICES), strict=True))
    lines: list[PriceLine] = []
    for index, price in enumerate(wanted):
        if isinstance(price, PriceInput):
            currency = completed[index].currency or ""
            lines.append(PriceLine(price.kind, currency, index, price.tax_behavior))
        elif price in current:
            row = current[price]
            lines.append(PriceLine(row.kind, row.currency, index, row.tax_behavior))
        else:
            raise ValidationFailed.at(
                *PRICES, index, "id", msg="The product has no such price.", value=str(price)
            )
    require_whole_set(lines, product.organization.default_presentment_currency, loc=PRICES)
    kept = {price for price in wanted if isinstance(price, UUID)}
    dropped = [price.pk for price in current.values() if price.pk not in kept]
    if dropped:
        Price.objects.filter(pk__in=dropped).update(archived_at=origin.at, modified_at=origin.at)
    made = _save(product, list(completed.values()), Price.Source.CATALOG, origin)
    if not dropped and not made:
        return {}
    before = [str(price) for price in current]
    after = [str(price) for price in current if price in kept] + [str(price.pk) for price in made]
    return {"prices": (before, after)}


def _checked(product: Product, prices: Sequence[PriceInput | UUID], loc: Loc) -> list[PriceInput]:
    default_currency = product.organization.default_presentment_currency
    completed: list[PriceInput] = []
    problems = []
    for index, price in enumerate(prices):
        if not isinstance(price, PriceInput):
            continue
        whole = completed_price(price, default_currency)
        completed.append(whole)
        problem = price_problem(whole, *loc, index)
        if problem is not None:
            problems.append(problem)
        elif price.kind == "unit" and not product.is_recurring:
            problems.append(_needs_periods(*loc, index))
    if problems:
        raise ValidationFailed(problems)
    return completed


def _needs_periods(*loc: str | int) -> Problem:
    message = "A price by the unit needs a product that is billed in periods."
    return {"loc": list(loc), "msg": message, "type": "value_error", "input": None}


def _stored_tiers(price: PriceInput) -> list[dict[str, Any]] | None:
    if not price.tiers:
        return None
    return [
        {
            "minimum": tier.minimum,
            "maximum": tier.maximum,
            "unit_amount": f"{tier.unit_amount.normalize():f}",
        }
        for tier in validate_tiers(price.tiers)
    ]


def _save(
    product: Product, prices: Sequence[PriceInput], source: str, origin: Origin
) -> list[Price]:
    return Price.objects.bulk_create(
        Price(
            organization_id=product.organization_id,
            product=product,
            kind=price.kind,
            source=source,
            currency=price.currency or "",
            tax_behavior=price.tax_behavior,
            fixed_amount=(price.fixed_amount or 0) if price.kind == "fixed" else None,
            minimum_amount=price.minimum_amount if price.kind == "custom" else None,
            maximum_amount=price.maximum_amount,
            preset_amount=price.preset_amount,
            tier_type=price.tier_type,
            tiers=_stored_tiers(price),
            minimum_units=price.minimum_units,
            unit_label=price.unit_label,
            created_at=origin.at,
        )
        for price in prices
    )
