"""What the hosted page asks beyond what a purchase needs, and what is made of the answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from apps.catalog.answers import Question, answer_of_text
from apps.catalog.field_selectors import listed_fields, questions_of
from apps.checkouts.models import Checkout

# Before the slug, so that no field of a merchant's is taken for one of ours.
PREFIX: Final = "custom_"


def shown_fields(checkout: Checkout) -> list[dict[str, Any]]:
    """The fields of the product as the template draws them, with what is answered already."""
    if checkout.product is None:
        return []
    return [
        {
            "name": f"{PREFIX}{attached.field.slug}",
            "type": attached.field.type,
            "label": attached.field.properties.get("form_label") or attached.field.name,
            "help": attached.field.properties.get("form_help_text", ""),
            "placeholder": attached.field.properties.get("form_placeholder", ""),
            "properties": attached.field.properties,
            "is_required": attached.is_required,
            "value": checkout.custom_field_data.get(attached.field.slug, ""),
        }
        for attached in listed_fields(checkout.product)
    ]


def typed_answers(checkout: Checkout, form: Mapping[str, str]) -> dict[str, Any]:
    """The answers of the page's form; a box that is not ticked is sent by no browser."""
    answers = {}
    for question in _questions(checkout):
        name = f"{PREFIX}{question.slug}"
        if name in form:
            answers[question.slug] = answer_of_text(question, form[name])
        elif question.type == "checkbox":
            answers[question.slug] = False
    return answers


def _questions(checkout: Checkout) -> list[Question]:
    return questions_of(checkout.product) if checkout.product is not None else []
