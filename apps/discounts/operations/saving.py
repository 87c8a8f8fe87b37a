"""Making, changing and withdrawing discounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction

from apps.catalog.models import Product
from apps.catalog.selectors import living_products
from apps.core.changes import Changes, assign
from apps.core.errors import ResourceNotFound, ValidationFailed
from apps.core.metadata import validate_metadata
from apps.core.origin import Origin
from apps.discounts import rules
from apps.discounts.inputs import DiscountInput
from apps.discounts.locks import lock_discount
from apps.discounts.models import Discount
from apps.discounts.selectors import find_by_code, main_currency
from apps.events.operations import record
from apps.organizations.models import Organization

# What an explicit null leaves as it is; of the other fields it takes the value away.
_KEPT_ON_NULL: Final = frozenset({"name", "type", "duration", "products", "metadata"})
# A currency alone says nothing.
_VALUES: Final = ("amounts", "amount", "basis_points", "duration_in_months")
_LIMITS: Final = ("max_redemptions", "max_redemptions_per_customer")


@transaction.atomic
def create_discount(*, organization: Organization, data: DiscountInput, origin: Origin) -> Discount:
    """
    A new discount of an organization. Records `discount.created`.

    :raises ValidationFailed: if a value breaks a rule, or a living discount has the code.
    """
    is_percentage = data.type == Discount.Type.PERCENTAGE
    discount = Discount(
        organization=organization,
        name=rules.clean_name(data.name),
        type=data.type,
        code=rules.clean_code(data.code),
        basis_points=rules.clean_basis_points(data.basis_points) if is_percentage else None,
        amounts=None if is_percentage else rules.clean_amounts(data.amounts),
        duration=data.duration,
        duration_in_months=rules.clean_months(data.duration, data.duration_in_months),
        starts_at=data.starts_at,
        ends_at=data.ends_at,
        max_redemptions=rules.clean_limit("max_redemptions", data.max_redemptions),
        max_redemptions_per_customer=rules.clean_limit(
            "max_redemptions_per_customer", data.max_redemptions_per_customer
        ),
        metadata=validate_metadata(dict(data.metadata)),
        created_at=origin.at,
    )
    rules.require_window(discount.starts_at, discount.ends_at)
    products = _products(organization, data.products)
    _save(discount, is_new=True)
    discount.products.set(products)
    record("discount.created", subject=discount, organization_id=organization.pk, origin=origin)
    return discount


@transaction.atomic
def update_discount(*, discount_id: UUID, changes: Mapping[str, Any], origin: Origin) -> Discount:
    """
    The discount with `changes`, named as in the API; what is absent stays.

    `amount` with `currency` changes one currency of a fixed discount, `amounts` all of them.
    Changing nothing writes nothing; otherwise records `discount.updated`.

    :raises ValidationFailed: if a value breaks a rule or the code is taken; if type or duration
        would change; if amounts, share or months would change after the first redemption.
    :raises ResourceNotFound: if it is deleted.
    """
    discount = _living(discount_id)
    given = {
        name: value
        for name, value in changes.items()
        if not (value is None and name in _KEPT_ON_NULL)
    }
    for name in ("type", "duration"):
        if given.pop(name, getattr(discount, name)) != getattr(discount, name):
            message = f"The {name} of a discount cannot be changed."
            raise ValidationFailed.at("body", name, msg=message, value=changes[name])
    values = {**_cleaned(discount, given), **_new_value(discount, given)}
    products = given.get("products")
    difference = assign(discount, values)
    rules.require_window(discount.starts_at, discount.ends_at)
    if difference:
        _save(discount, is_new=False)
    if products is not None:
        difference |= _restrict(discount, products)
    if difference:
        discount.modified_at = origin.at
        discount.save(update_fields=["modified_at"])
        record(
            "discount.updated",
            subject=discount,
            organization_id=discount.organization_id,
            origin=origin,
            changes=difference,
        )
    return discount


@transaction.atomic
def delete_discount(*, discount_id: UUID, origin: Origin) -> Discount:
    """
    Withdraw a discount: nobody can redeem it any more and its code is free again.

    Subscriptions that have it keep it. Records `discount.deleted`.

    :raises ResourceNotFound: the second time.
    """
    discount = _living(discount_id)
    discount.deleted_at = discount.modified_at = origin.at
    discount.save(update_fields=["deleted_at", "modified_at"])
    record(
        "discount.deleted",
        subject=discount,
        organization_id=discount.organization_id,
        origin=origin,
    )
    return discount


def _living(discount_id: UUID) -> Discount:
    discount = lock_discount(discount_id)
    if discount.deleted_at is not None:
        raise ResourceNotFound
    return discount


def _cleaned(discount: Discount, given: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that may change at any time."""
    values = {name: given[name] for name in ("starts_at", "ends_at") if name in given}
    if "name" in given:
        values["name"] = rules.clean_name(given["name"])
    if "code" in given:
        values["code"] = rules.clean_code(given["code"])
    if "metadata" in given:
        values["metadata"] = validate_metadata(dict(given["metadata"]))
    for name in _LIMITS:
        if name in given:
            values[name] = rules.clean_limit(name, given[name])
    return values


def _new_value(discount: Discount, given: Mapping[str, Any]) -> dict[str, Any]:
    """What it takes off and for how long; frozen by the first redemption, even against null."""
    wanted: dict[str, Any] = {}
    _require_one_amount(discount, given)
    for name in _VALUES:
        if name not in given or (name == "amount" and given.get("amounts") is not None):
            continue
        field, value = _value_of(discount, name, given)
        if value == getattr(discount, field):
            continue
        if discount.redemptions_count:
            message = "This cannot be changed any more: the discount has been redeemed."
            raise ValidationFailed.at("body", name, msg=message, value=given[name])
        if given[name] is not None:
            wanted[field] = _require_fitting(discount, name, field, value)
    return wanted


def _require_one_amount(discount: Discount, given: Mapping[str, Any]) -> None:
    """Both ways of saying the amount may be used, but not to say two things."""
    amounts, amount = given.get("amounts"), given.get("amount")
    if amounts is None or amount is None:
        return
    if amounts.get(given.get("currency") or main_currency(discount)) != amount:
        message = "This is not what the amounts say."
        raise ValidationFailed.at("body", "amount", msg=message, value=amount)


def _value_of(discount: Discount, name: str, given: Mapping[str, Any]) -> tuple[str, Any]:
    """The column that a field of the API means, and what it would hold."""
    if name != "amount":
        return name, given[name]
    if given["amount"] is None:
        return "amounts", None
    currency = given.get("currency") or main_currency(discount)
    return "amounts", {**(discount.amounts or {}), currency: given["amount"]}


def _require_fitting(discount: Discount, name: str, field: str, value: Any) -> Any:
    is_percentage = discount.type == Discount.Type.PERCENTAGE
    if field == "duration_in_months":
        return rules.clean_months(discount.duration, value)
    if (field == "basis_points") != is_percentage:
        message = f"A {discount.type} discount has none."
        raise ValidationFailed.at("body", name, msg=message, value=value)
    return rules.clean_basis_points(value) if is_percentage else rules.clean_amounts(value, name)


def _products(organization: Organization, ids: Sequence[UUID]) -> list[Product]:
    found = {one.pk: one for one in living_products(organization).filter(pk__in=ids)}
    for index, pk in enumerate(ids):
        if pk not in found:
            raise ValidationFailed.at(
                "body", "products", index, msg="There is no such product.", value=str(pk)
            )
    return list(found.values())


def _restrict(discount: Discount, ids: Sequence[UUID]) -> Changes:
    before = {one.pk for one in discount.products.all()}
    products = _products(discount.organization, ids)
    after = {one.pk for one in products}
    if before == after:
        return {}
    discount.products.set(products)
    return {"products": (sorted(map(str, before)), sorted(map(str, after)))}


def _save(discount: Discount, *, is_new: bool) -> None:
    """Save it; of two that want one code the second is refused, also when they meet."""
    if discount.code:
        holder = find_by_code(discount.organization, discount.code)
        if holder is not None and holder.pk != discount.pk:
            raise _taken(discount)
    try:
        with transaction.atomic():
            discount.save(force_insert=is_new)
    except IntegrityError as error:
        if "discounts_discount_code" in str(error):
            raise _taken(discount) from error
        raise


def _taken(discount: Discount) -> ValidationFailed:
    return ValidationFailed.at(
        "body", "code", msg="Another discount has this code.", value=discount.code
    )
