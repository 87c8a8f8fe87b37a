"""The rules that the values of a customer keep to; what breaks one is a located 422."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from email_validator import EmailNotValidError, validate_email

from apps.core.errors import ValidationFailed
from apps.tax.addresses import validate_address
from apps.tax.errors import InvalidAddress, InvalidTaxId
from apps.tax.tax_ids import validate_tax_id

MAX_EMAIL_LENGTH = 320
MAX_NAME_LENGTH = 256


def clean_email(email: str, *loc: str | int) -> str:
    """
    The address in its normal form; upper and lower case before the @ are kept.

    Whether its domain takes mail is asked of DNS where EMAIL_CHECK_DELIVERABILITY says so.

    :raises ValidationFailed: at `loc`, if there can be no such address.
    """
    try:
        checked = validate_email(
            email.strip(),
            check_deliverability=settings.EMAIL_CHECK_DELIVERABILITY,
            test_environment=settings.SANDBOX,
        )
    except EmailNotValidError as error:
        raise ValidationFailed.at(*loc, msg=str(error), value=email) from error
    if len(checked.normalized) > MAX_EMAIL_LENGTH:
        raise ValidationFailed.at(
            *loc, msg="The address is too long.", value=email, kind="string_too_long"
        )
    return checked.normalized


def clean_name(name: str | None, *loc: str | int) -> str | None:
    """
    The name as it is.

    :raises ValidationFailed: at `loc`, if it is too long.
    """
    if name is not None and len(name) > MAX_NAME_LENGTH:
        raise ValidationFailed.at(
            *loc, msg="The name is too long.", value=name, kind="string_too_long"
        )
    return name


def clean_address(address: Mapping[str, Any], *loc: str | int) -> dict[str, Any]:
    """
    The address as it is stored: six keys, codes in upper case, `US-CA` for a state.

    :raises ValidationFailed: at the part of `loc` that is wrong.
    """
    try:
        return validate_address(**address).as_dict()
    except InvalidAddress as error:
        raise ValidationFailed.at(
            *loc, error.field, msg=str(error), value=address.get(error.field)
        ) from error


def clean_tax_id(
    number: str, address: Mapping[str, Any] | None, *, loc: tuple[str | int, ...] = ("body",)
) -> list[str]:
    """
    The number and its format, as they are stored.

    :raises ValidationFailed: at `billing_address` without a country, at `tax_id` for a number
        that the country does not know.
    """
    country = (address or {}).get("country")
    if not country:
        raise ValidationFailed.at(
            *loc,
            "billing_address",
            msg="A country is needed to check the tax ID.",
            kind="missing",
        )
    try:
        tax_id = validate_tax_id(number, country)
    except InvalidTaxId as error:
        raise ValidationFailed.at(*loc, "tax_id", msg=str(error), value=number) from error
    return [tax_id.value, tax_id.format]
