"""What buyers answer to custom fields. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from apps.catalog.field_rules import INT_MAX
from apps.core.errors import Problem, ValidationFailed

Answer = str | int | bool

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Question:
    """A field as a product asks it."""

    slug: str
    type: str
    is_required: bool = False
    properties: Mapping[str, Any] = field(default_factory=dict)


def check_answers(
    questions: Sequence[Question], given: Mapping[str, Any], *, is_final: bool = False
) -> dict[str, Answer | None]:
    """
    The answers to `questions` as they are kept; None for one that is taken back.

    Answers to nothing that is asked are left out. What is required is asked for when it `is_final`
    and not before: a buyer fills in one field after the other.

    :raises ValidationFailed: with a problem for each answer that cannot be.
    """
    problems: list[Problem] = []
    kept: dict[str, Answer | None] = {}
    for question in questions:
        value = given.get(question.slug)
        if value is None or value == "":
            if is_final and question.is_required:
                problems.append(_problem(question, "Field is required.", value, kind="missing"))
            elif question.slug in given:
                kept[question.slug] = None
            continue
        answer, problem = _checked(question, value)
        if problem is None and is_final and question.is_required and answer is False:
            problem = "This must be agreed to."
        if problem is not None:
            problems.append(_problem(question, problem, value))
        else:
            kept[question.slug] = answer
    if problems:
        raise ValidationFailed(problems)
    return kept


def merged(
    before: Mapping[str, Any], answers: Mapping[str, Answer | None]
) -> dict[str, Answer | None]:
    """The answers before with those given now; one taken back is gone."""
    both = {**before, **answers}
    return {slug: value for slug, value in both.items() if value is not None}


def answer_of_text(question: Question, text: str) -> Any:
    """An answer as a form or an address spells it; what is none comes back as it is."""
    if question.type == "number" and text.strip().lstrip("-").isdecimal():
        return int(text)
    if question.type == "checkbox":
        return {"true": True, "on": True, "1": True, "false": False, "0": False, "": False}.get(
            text.lower(), text
        )
    return text


def _checked(question: Question, value: Any) -> tuple[Answer, str | None]:
    match question.type:
        case "text":
            return value, _text_problem(question.properties, value)
        case "number":
            if isinstance(value, float) and value.is_integer():
                value = int(value)
            return value, _number_problem(question.properties, value)
        case "date":
            return value, _date_problem(question.properties, value)
        case "checkbox":
            return value, None if isinstance(value, bool) else "This must be true or false."
        case _:
            options = [option["value"] for option in question.properties.get("options", ())]
            is_known = isinstance(value, str) and value in options
            return value, None if is_known else "This is none of the options."


def _text_problem(properties: Mapping[str, Any], value: Any) -> str | None:
    if not isinstance(value, str) or "\0" in value:
        return "This must be text."
    least, most = properties.get("min_length"), properties.get("max_length")
    if least is not None and len(value) < least:
        return f"This must have at least {least} characters."
    if most is not None and len(value) > most:
        return f"This can have at most {most} characters."
    return None


def _number_problem(properties: Mapping[str, Any], value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int):
        return "This must be a whole number."
    least, most = properties.get("ge", -INT_MAX - 1), properties.get("le", INT_MAX)
    return None if least <= value <= most else f"This must be from {least} to {most}."


def _date_problem(properties: Mapping[str, Any], value: Any) -> str | None:
    try:
        day = date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        day = None
    if day is None:
        return "This must be a day such as 2026-03-31."
    least, most = day_of(properties.get("ge")), day_of(properties.get("le"))
    if least is not None and day < least:
        return f"This must be {least} or later."
    if most is not None and day > most:
        return f"This must be {most} or earlier."
    return None


def day_of(seconds: int | None) -> date | None:
    """The day of a moment in seconds since 1970; of one before the calendar, its first."""
    if seconds is None:
        return None
    try:
        return (_EPOCH + timedelta(seconds=seconds)).date()
    except OverflowError:
        return date.min


def _problem(question: Question, message: str, value: Any, *, kind: str = "value_error") -> Problem:
    return {
        "loc": ["body", "custom_field_data", question.slug],
        "msg": message,
        "type": kind,
        "input": value,
    }
