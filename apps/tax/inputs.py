"""Addresses as they come in: of unknown shape, and refused part by part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from apps.core.errors import ValidationFailed
from apps.tax.addresses import validate_address
from apps.tax.errors import InvalidAddress

_LONGEST_PART: Final = 300
_PARTS: Final = ("country", "line1", "line2", "postal_code", "city", "state")


def clean_parts(given: Mapping[str, Any], *loc: str | int) -> dict[str, str | None]:
    """
    The six parts of an address in their stored form, whatever `given` holds beside them.

    :raises ValidationFailed: at the part under `loc` that is missing, no text, or impossible.
    """
    for part in _PARTS:
        value = given.get(part)
        if value is None and part != "country":
            continue
        if value is None:
            raise ValidationFailed.at(*loc, part, msg="Field is required.", kind="missing")
        if not isinstance(value, str) or len(value) > _LONGEST_PART:
            raise ValidationFailed.at(
                *loc, part, msg="Input should be a valid string", value=value, kind="string_type"
            )
    try:
        return validate_address(**{part: given.get(part) for part in _PARTS}).as_dict()  # type: ignore[arg-type]
    except InvalidAddress as error:
        raise ValidationFailed.at(
            *loc, error.field, msg=str(error), value=given.get(error.field)
        ) from error
