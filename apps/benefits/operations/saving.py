"""Making, changing and withdrawing benefits, and putting them on products."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.benefits.errors import BenefitNotDeletable
from apps.benefits.inputs import BenefitInput
from apps.benefits.locks import lock_benefit
from apps.benefits.models import Benefit, ProductBenefit
from apps.benefits.operations.resyncing import start_resync
from apps.benefits.selectors import benefit_ids_of_product
from apps.benefits.strategies import Strategy, strategy_of
from apps.catalog.locks import lock_product
from apps.catalog.models import Product
from apps.core.changes import assign
from apps.core.errors import NotPermitted, ValidationFailed
from apps.core.metadata import validate_metadata
from apps.core.origin import Origin
from apps.events.operations import record
from apps.organizations.models import Organization

MIN_LENGTH, MAX_LENGTH = 3, 42


@transaction.atomic
def create_benefit(*, organization: Organization, data: BenefitInput, origin: Origin) -> Benefit:
    """
    A new benefit; nobody has it before it is on a product.

    :raises ValidationFailed: if a field or a property breaks a rule, or the type is unknown.
    """
    strategy = _strategy(data.type)
    benefit = Benefit.objects.create(
        created_at=origin.at,
        organization=organization,
        type=data.type,
        description=_description(data.description),
        visibility=_visibility(strategy, data.visibility),
        properties=strategy.clean(organization, data.properties),
        metadata=validate_metadata(dict(data.metadata)),
    )
    record("benefit.created", subject=benefit, organization_id=organization.pk, origin=origin)
    return benefit


@transaction.atomic
def update_benefit(*, benefit_id: UUID, changes: Mapping[str, Any], origin: Origin) -> Benefit:
    """
    The benefit with `changes`, named as in the API; what is absent or null stays.

    What its type says must reach those who have it is brought to them by a re-sync (see
    `start_resync`). Changing nothing writes nothing.

    :raises ValidationFailed: if a value breaks a rule, or another `type` is named.
    """
    benefit = lock_benefit(benefit_id)
    strategy = strategy_of(benefit.type)
    given = {name: value for name, value in changes.items() if value is not None}
    _require_type(benefit, given.pop("type", benefit.type))
    before = dict(benefit.properties)
    values: dict[str, Any] = {}
    if "description" in given:
        values["description"] = _description(given["description"])
    if "visibility" in given:
        values["visibility"] = _visibility(strategy, given["visibility"])
    if "metadata" in given:
        values["metadata"] = validate_metadata(dict(given["metadata"]))
    if "properties" in given:
        values["properties"] = strategy.clean(benefit.organization, given["properties"], before)
    difference = assign(benefit, values)
    if not difference:
        return benefit
    benefit.modified_at = origin.at
    benefit.save()
    record(
        "benefit.updated",
        subject=benefit,
        organization_id=benefit.organization_id,
        origin=origin,
        changes=difference,
    )
    if strategy.needs_update(before, benefit.properties):
        start_resync(benefit=benefit, origin=origin)
    return benefit


@transaction.atomic
def delete_benefit(*, benefit_id: UUID, origin: Origin) -> Benefit:
    """
    The benefit, gone from its products; everybody who has it loses it.

    :raises BenefitNotDeletable: if it is marked so.
    """
    benefit = lock_benefit(benefit_id)
    if not benefit.is_deletable:
        raise BenefitNotDeletable
    benefit.deleted_at = benefit.modified_at = origin.at
    benefit.save(update_fields=["deleted_at", "modified_at"])
    ProductBenefit.objects.filter(benefit=benefit).delete()
    record(
        "benefit.deleted", subject=benefit, organization_id=benefit.organization_id, origin=origin
    )
    return benefit


@transaction.atomic
def set_product_benefits(
    *, product_id: UUID, benefit_ids: Sequence[UUID], origin: Origin
) -> Product:
    """
    The product with these benefits, in this order; whoever bought it gets and loses accordingly.

    The second time changes nothing.

    :raises ValidationFailed: for a benefit that is not the organization's.
    :raises NotPermitted: if one comes or goes that is not for merchants to choose.
    """
    product = lock_product(product_id)
    wanted = list(dict.fromkeys(benefit_ids))
    before = benefit_ids_of_product(product.pk)
    if wanted == before:
        return product
    _require_selectable(product, wanted, before)
    ProductBenefit.objects.filter(product=product).delete()
    ProductBenefit.objects.bulk_create(
        ProductBenefit(product=product, benefit_id=benefit_id, position=position)
        for position, benefit_id in enumerate(wanted)
    )
    record(
        "product.benefits_changed",
        subject=product,
        organization_id=product.organization_id,
        origin=origin,
        changes={"benefits": ([str(one) for one in before], [str(one) for one in wanted])},
    )
    return product


def _require_selectable(product: Product, wanted: list[UUID], before: list[UUID]) -> None:
    rows = Benefit.objects.filter(organization_id=product.organization_id, deleted_at=None)
    known = {row.pk: row for row in rows.filter(pk__in={*wanted, *before})}
    for position, benefit_id in enumerate(wanted):
        if benefit_id not in known:
            raise ValidationFailed.at(
                "body",
                "benefits",
                position,
                msg="There is no such benefit.",
                value=str(benefit_id),
            )
    if any(not known[one].is_selectable for one in {*wanted} ^ {*before}):
        raise NotPermitted("One of these benefits is not for you to choose.")


def _strategy(benefit_type: str) -> Strategy:
    try:
        return strategy_of(benefit_type)
    except LookupError as error:
        raise ValidationFailed.at(
            "body", "type", msg="There are no benefits of this type here.", value=benefit_type
        ) from error


def _require_type(benefit: Benefit, named: str) -> None:
    if named != benefit.type:
        raise ValidationFailed.at(
            "body", "type", msg=f"This benefit is of type {benefit.type}.", value=named
        )


def _description(text: str) -> str:
    if not MIN_LENGTH <= len(text.strip()) <= MAX_LENGTH:
        raise ValidationFailed.at(
            "body",
            "description",
            msg=f"The description must have {MIN_LENGTH} to {MAX_LENGTH} characters.",
            value=text,
        )
    return text.strip()


def _visibility(strategy: Strategy, named: str | None) -> str:
    if named is None:
        return strategy.default_visibility
    if named not in Benefit.Visibility.values:
        raise ValidationFailed.at(
            "body", "visibility", msg="This is no visibility.", value=named, kind="enum"
        )
    if not strategy.is_visibility_configurable and named != Benefit.Visibility.PUBLIC:
        raise ValidationFailed.at(
            "body", "visibility", msg="Benefits of this type are always public.", value=named
        )
    return named
