"""Making, changing, withdrawing and attaching custom fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from apps.catalog import field_rules
from apps.catalog.field_selectors import attached_rows, living_fields
from apps.catalog.inputs import AttachedFieldInput
from apps.catalog.locks import lock_field
from apps.catalog.models import AttachedField, CustomField, Product
from apps.catalog.renaming import move_answers
from apps.core.changes import Changes, assign
from apps.core.errors import Problem, ValidationFailed
from apps.core.metadata import validate_metadata
from apps.core.origin import Origin
from apps.events.operations import record
from apps.organizations.models import Organization


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldInput:
    """A new custom field; `properties` as its type knows them."""

    type: str
    slug: str
    name: str
    properties: Mapping[str, Any] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)


@transaction.atomic
def create_custom_field(
    *, organization: Organization, data: FieldInput, origin: Origin
) -> CustomField:
    """
    A new custom field of an organization. Records `custom_field.created`.

    :raises ValidationFailed: if a value breaks a rule, or a living field has the slug.
    """
    made = CustomField(
        organization=organization,
        type=data.type,
        slug=field_rules.clean_slug(data.slug),
        name=field_rules.clean_name(data.name),
        properties=field_rules.clean_properties(data.type, data.properties),
        metadata=validate_metadata(dict(data.metadata)),
        created_at=origin.at,
    )
    _save(made, is_new=True)
    record("custom_field.created", subject=made, organization_id=organization.pk, origin=origin)
    return made


@transaction.atomic
def update_custom_field(
    *, field_id: UUID, changes: Mapping[str, Any], origin: Origin
) -> CustomField:
    """
    The field with `changes`, named as in the API; what is absent or null stays.

    With its slug the answers of buyers move: on checkouts, orders and subscriptions. Changing
    nothing writes nothing.

    :raises ValidationFailed: if a value breaks a rule, the slug is taken, or the type would change.
    :raises ResourceNotFound: if it is deleted.
    """
    row = lock_field(field_id)
    given = {name: value for name, value in changes.items() if value is not None}
    if given.pop("type", row.type) != row.type:
        message = "The type of a field cannot be changed."
        raise ValidationFailed.at("body", "type", msg=message, value=changes["type"])
    cleaned: dict[str, Any] = {}
    if "slug" in given:
        cleaned["slug"] = field_rules.clean_slug(given["slug"])
    if "name" in given:
        cleaned["name"] = field_rules.clean_name(given["name"])
    if "properties" in given:
        cleaned["properties"] = field_rules.clean_properties(row.type, given["properties"])
    if "metadata" in given:
        cleaned["metadata"] = validate_metadata(dict(given["metadata"]))
    difference = assign(row, cleaned)
    if difference:
        row.modified_at = origin.at
        _save(row, is_new=False)
        if "slug" in difference:
            before, after = difference["slug"]
            move_answers(organization_id=row.organization_id, before=before, after=after)
        record(
            "custom_field.updated",
            subject=row,
            organization_id=row.organization_id,
            origin=origin,
            changes=difference,
        )
    return row


@transaction.atomic
def delete_custom_field(*, field_id: UUID, origin: Origin) -> CustomField:
    """
    Withdraw a field: no product asks it any more and its slug is free. Answers stay where they are.

    :raises ResourceNotFound: the second time.
    """
    row = lock_field(field_id)
    AttachedField.objects.filter(field=row).delete()
    row.deleted_at = row.modified_at = origin.at
    row.save(update_fields=["deleted_at", "modified_at"])
    record("custom_field.deleted", subject=row, organization_id=row.organization_id, origin=origin)
    return row


def attach_fields(product: Product, wanted: Sequence[AttachedFieldInput]) -> Changes:
    """
    Have a product ask these fields, in this order, and no others; the difference.

    :raises ValidationFailed: for a field that does not exist or is named twice.
    """
    ids = [one.field_id for one in wanted]
    known = {row.pk for row in living_fields(product.organization).filter(pk__in=ids)}
    problems: list[Problem] = [
        {
            "loc": ["body", "attached_custom_fields", index, "custom_field_id"],
            "msg": "Custom field does not exist."
            if field_id not in known
            else "This custom field is attached already.",
            "type": "value_error",
            "input": str(field_id),
        }
        for index, field_id in enumerate(ids)
        if field_id not in known or field_id in ids[:index]
    ]
    if problems:
        raise ValidationFailed(problems)
    former = [
        [str(row.field_id), row.is_required] for row in attached_rows().filter(product=product)
    ]
    after = [[str(one.field_id), one.is_required] for one in wanted]
    if former == after:
        return {}
    AttachedField.objects.filter(product=product).delete()
    AttachedField.objects.bulk_create(
        AttachedField(
            product=product,
            field_id=one.field_id,
            position=position,
            is_required=one.is_required,
        )
        for position, one in enumerate(wanted)
    )
    return {"attached_custom_fields": (former, after)}


def _save(row: CustomField, *, is_new: bool) -> None:
    try:
        # A savepoint: the refusal leaves the transaction usable.
        with transaction.atomic():
            row.save(force_insert=is_new)
    except IntegrityError as error:
        if "catalog_field_slug" not in str(error):
            raise
        raise ValidationFailed.at(
            "body", "slug", msg="Another custom field has this slug.", value=row.slug
        ) from error
