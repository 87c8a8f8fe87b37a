"""Making, changing and withdrawing products."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.catalog.errors import ProductNotDeletable
from apps.catalog.inputs import ProductInput
from apps.catalog.locks import lock_product
from apps.catalog.models import Product
from apps.catalog.operations.custom_fields import attach_fields
from apps.catalog.operations.pricing import create_prices, replace_prices
from apps.catalog.usage import is_used
from apps.core.changes import assign
from apps.core.errors import ValidationFailed
from apps.core.metadata import validate_metadata
from apps.core.origin import Origin
from apps.events.operations import record
from apps.organizations.models import Organization

MIN_NAME_LENGTH = 3
MAX_NAME_LENGTH = 64
MAX_INTERVAL_COUNT = 999
MAX_TRIAL_COUNT = 1000
# What an explicit null leaves as it is.
_KEPT_ON_NULL = frozenset(
    {"name", "visibility", "metadata", "prices", "is_archived", "attached_custom_fields"}
    | {"recurring_interval", "recurring_interval_count"}
)


@transaction.atomic
def create_product(*, organization: Organization, data: ProductInput, origin: Origin) -> Product:
    """
    A new product with its prices.

    :raises ValidationFailed: if a field or the set of prices breaks a rule.
    """
    product = Product(
        organization=organization,
        name=_clean_name(data.name),
        description=data.description,
        visibility=data.visibility,
        recurring_interval=data.recurring_interval,
        recurring_interval_count=_interval_count(data),
        trial_interval=data.trial_interval,
        trial_interval_count=data.trial_interval_count,
        metadata=validate_metadata(dict(data.metadata)),
        created_at=origin.at,
    )
    _require_trial_whole(product)
    product.save(force_insert=True)
    create_prices(product, data.prices, origin)
    if data.attached_custom_fields:
        attach_fields(product, data.attached_custom_fields)
    record("product.created", subject=product, organization_id=organization.pk, origin=origin)
    return product


@transaction.atomic
def update_product(*, product_id: UUID, changes: Mapping[str, Any], origin: Origin) -> Product:
    """
    The product with `changes`, named as in the API; what is absent stays.

    `prices` lists the ids to keep and the `PriceInput`s to add: a price is never edited, those
    left out are archived. `attached_custom_fields` lists all that the product asks from now on.
    Changing nothing writes nothing.

    :raises ValidationFailed: if a value breaks a rule, or the interval would change.
    """
    product = lock_product(product_id)
    given = {
        name: value
        for name, value in changes.items()
        if not (value is None and name in _KEPT_ON_NULL)
    }
    _require_same_interval(product, given)
    prices = given.pop("prices", None)
    fields = given.pop("attached_custom_fields", None)
    if "is_archived" in given:
        is_archived = given.pop("is_archived")
        given["archived_at"] = (product.archived_at or origin.at) if is_archived else None
    if "name" in given:
        given["name"] = _clean_name(given["name"])
    if "metadata" in given:
        given["metadata"] = validate_metadata(dict(given["metadata"]))
    difference = assign(product, given)
    _require_trial_whole(product)
    if prices is not None:
        difference |= replace_prices(product, prices, origin)
    if fields is not None:
        difference |= attach_fields(product, fields)
    if difference:
        product.modified_at = origin.at
        product.save()
        _record_update(product, difference, origin)
    return product


def archive_product(*, product_id: UUID, origin: Origin) -> Product:
    """The product, no longer for sale; what was bought stays. The second time changes nothing."""
    return update_product(product_id=product_id, changes={"is_archived": True}, origin=origin)


def restore_product(*, product_id: UUID, origin: Origin) -> Product:
    """The product, for sale again. The second time changes nothing."""
    return update_product(product_id=product_id, changes={"is_archived": False}, origin=origin)


@transaction.atomic
def delete_product(*, product_id: UUID, origin: Origin) -> Product:
    """
    The product, gone.

    :raises ProductNotDeletable: if it is in use.
    """
    product = lock_product(product_id)
    if Product.objects.filter(pk=product.pk).annotate(used=is_used()).filter(used=True).exists():
        raise ProductNotDeletable()
    product.deleted_at = origin.at
    product.modified_at = origin.at
    product.save(update_fields=["deleted_at", "modified_at"])
    record(
        "product.deleted",
        subject=product,
        organization_id=product.organization_id,
        origin=origin,
    )
    return product


def _record_update(product: Product, difference: Mapping[str, Any], origin: Origin) -> None:
    event = "product.updated"
    if set(difference) == {"archived_at"}:
        event = "product.archived" if product.archived_at else "product.restored"
    record(
        event,
        subject=product,
        organization_id=product.organization_id,
        origin=origin,
        changes=difference,
    )


def _clean_name(name: str) -> str:
    if not MIN_NAME_LENGTH <= len(name.strip()) <= MAX_NAME_LENGTH:
        raise ValidationFailed.at(
            "body",
            "name",
            msg=f"The name must have {MIN_NAME_LENGTH} to {MAX_NAME_LENGTH} characters.",
            value=name,
        )
    return name.strip()


def _interval_count(data: ProductInput) -> int | None:
    if data.recurring_interval is None:
        if data.recurring_interval_count is not None:
            raise ValidationFailed.at(
                "body",
                "recurring_interval_count",
                msg="Only a recurring product has an interval.",
                value=data.recurring_interval_count,
            )
        return None
    count = 1 if data.recurring_interval_count is None else data.recurring_interval_count
    if not 1 <= count <= MAX_INTERVAL_COUNT:
        raise ValidationFailed.at(
            "body",
            "recurring_interval_count",
            msg=f"The count must be 1 to {MAX_INTERVAL_COUNT}.",
            value=count,
        )
    return count


def _require_same_interval(product: Product, given: Mapping[str, Any]) -> None:
    for name in ("recurring_interval", "recurring_interval_count"):
        if name in given and given[name] != getattr(product, name):
            raise ValidationFailed.at(
                "body", name, msg="The interval of a product cannot be changed.", value=given[name]
            )


def _require_trial_whole(product: Product) -> None:
    interval, count = product.trial_interval, product.trial_interval_count
    if interval is None and count is None:
        return
    if product.recurring_interval is None:
        raise ValidationFailed.at(
            "body", "trial_interval", msg="Only a recurring product has a trial.", value=interval
        )
    if interval is None or count is None:
        missing = "trial_interval" if interval is None else "trial_interval_count"
        raise ValidationFailed.at(
            "body", missing, msg="A trial needs an interval and a count.", kind="missing"
        )
    if not 1 <= count <= MAX_TRIAL_COUNT:
        raise ValidationFailed.at(
            "body",
            "trial_interval_count",
            msg=f"The count must be 1 to {MAX_TRIAL_COUNT}.",
            value=count,
        )
