"""Definitions of custom fields, answers to them, and what a new slug moves."""

from apps.catalog.answers import Question, check_answers, merged
from apps.catalog.operations import (
    FieldInput,
    create_custom_field,
    delete_custom_field,
    update_custom_field,
)
from apps.core.errors import ValidationFailed
from apps.orders.models import Order
from tests.cases.registry import Facts, adapter
from tests.cases.world import NOW, make_organization, origin_at
from tests.support.stock import make_stock

AREA = "custom_fields"
ORIGIN = origin_at(NOW)


@adapter(AREA)
def validate_data(given: Facts, when: Facts) -> Facts:
    questions = [_question(field) for field in given["fields"]]
    try:
        answers = check_answers(questions, when["data"], is_final=True)
    except ValidationFailed:
        return {"valid": False}
    return {"valid": True, "stored": merged({}, answers)}


@adapter(AREA, db=True)
def create_field(given: Facts, when: Facts) -> Facts:
    organization = make_organization()
    if "field_slug" in given:
        former = create_custom_field(
            organization=organization,
            data=FieldInput(type="text", slug=given["field_slug"], name="Former"),
            origin=ORIGIN,
        )
        if given.get("deleted"):
            delete_custom_field(field_id=former.pk, origin=ORIGIN)
    try:
        create_custom_field(
            organization=organization, data=FieldInput(**when["definition"]), origin=ORIGIN
        )
    except ValidationFailed:
        return {"valid": False}
    return {"valid": True}


@adapter(AREA, db=True)
def rename_slug(given: Facts, when: Facts) -> Facts:
    stock = make_stock(make_organization())
    field = create_custom_field(
        organization=stock.organization,
        data=FieldInput(type="text", slug=given["field_slug"], name="Text"),
        origin=ORIGIN,
    )
    Order.objects.filter(pk=stock.order.pk).update(custom_field_data=given["order_data"])
    update_custom_field(field_id=field.pk, changes={"slug": when["to"]}, origin=ORIGIN)
    return {"order_data": Order.objects.get(pk=stock.order.pk).custom_field_data}


def _question(field: Facts) -> Question:
    properties = {
        name: value for name, value in field.items() if name not in ("slug", "type", "required")
    }
    if "options" in properties:
        properties["options"] = [{"value": one, "label": one} for one in properties["options"]]
    return Question(
        slug=field["slug"],
        type=field["type"],
        is_required=field["required"],
        properties=properties,
    )
