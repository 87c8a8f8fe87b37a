"""What may be changed on an open checkout, by its merchant or its buyer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, Final

from apps.catalog.answers import check_answers, merged
from apps.catalog.field_selectors import questions_of
from apps.checkouts.embedding import may_embed
from apps.checkouts.errors import EmbedHostNotAllowed
from apps.checkouts.models import Checkout
from apps.checkouts.operations.choosing import (
    choose_amount,
    choose_offer,
    choose_quantity,
    set_trial,
)
from apps.checkouts.operations.discounting import choose_discount
from apps.core.errors import Problem, ValidationFailed
from apps.core.metadata import validate_metadata
from apps.tax.errors import InvalidTaxId
from apps.tax.inputs import clean_parts
from apps.tax.tax_ids import validate_tax_id

# Set as given; None empties them.
_PLAIN: Final = (
    "customer_name",
    "customer_billing_name",
    "customer_ip_address",
    "customer_user_agent",
    "locale",
    "payment_method_type",
    "success_url",
    "return_url",
    "embed_origin",
    "allow_trial",
)
# Set as given; None means "leave it".
_FLAGS: Final = ("is_business_customer", "allow_discount_codes", "require_billing_address")


def apply_changes(checkout: Checkout, changes: Mapping[str, Any], *, at: datetime) -> None:
    """
    Put `changes` (the API's own names) on the row without saving it; absent keys stay.

    `at` is now, for what can be had only for a time.

    :raises ValidationFailed: listing everything that cannot be.
    :raises DiscountRedemptionLimitReached: if the buyer has used a discount as often as one may.
    :raises EmbedHostNotAllowed: if it is to be shown on a website that the merchant did not name.
    """
    origin = changes.get("embed_origin")
    if origin and not may_embed(origin, checkout.organization.embed_hosts):
        raise EmbedHostNotAllowed
    problems: list[Problem] = []
    for step in (_set_plain, _set_email, _set_address, _set_tax_id, _set_maps, set_trial):
        _collect(problems, step, checkout, changes)
    _collect(problems, choose_offer, checkout, changes)
    if not problems:
        choose = partial(choose_discount, at=at)
        for step in (choose_amount, choose_quantity, choose, _set_answers):
            _collect(problems, step, checkout, changes)
    if problems:
        raise ValidationFailed(problems)


Step = Callable[[Checkout, Mapping[str, Any]], None]


def _collect(
    problems: list[Problem], step: Step, checkout: Checkout, changes: Mapping[str, Any]
) -> None:
    try:
        step(checkout, changes)
    except ValidationFailed as error:
        problems.extend(error.problems)


def _set_plain(checkout: Checkout, changes: Mapping[str, Any]) -> None:
    for name in _PLAIN:
        if name in changes:
            setattr(checkout, name, changes[name])
    for name in _FLAGS:
        if changes.get(name) is not None:
            setattr(checkout, name, changes[name])
    if changes.get("is_business_customer") is False:
        # A tax number left behind would keep a private buyer untaxed.
        checkout.customer_tax_id = checkout.customer_billing_name = None


def _set_email(checkout: Checkout, changes: Mapping[str, Any]) -> None:
    if "customer_email" not in changes:
        return
    email = (changes["customer_email"] or "").strip() or None
    # A known team may have no address of its own: then the buyer's is taken.
    if checkout.customer is None or checkout.customer.email is None:
        checkout.customer_email = email
        return
    if email and email.lower() != (checkout.customer_email or "").lower():
        raise ValidationFailed.at(
            "body",
            "customer_email",
            msg="The e-mail of a known customer cannot be changed here.",
            value=email,
        )


def _set_address(checkout: Checkout, changes: Mapping[str, Any]) -> None:
    if "customer_billing_address" not in changes:
        return
    given = changes["customer_billing_address"]
    if given is None:
        checkout.customer_billing_address = None
        return
    checkout.customer_billing_address = clean_parts(given, "body", "customer_billing_address")


def _set_tax_id(checkout: Checkout, changes: Mapping[str, Any]) -> None:
    if "customer_tax_id" not in changes:
        return
    number = (changes["customer_tax_id"] or "").strip()
    if not number:
        checkout.customer_tax_id = None
        return
    country = (checkout.customer_billing_address or {}).get("country")
    loc = ("body", "customer_tax_id")
    if not country:
        raise ValidationFailed.at(
            *loc, msg="A tax ID needs the country of the billing address.", value=number
        )
    try:
        tax_id = validate_tax_id(number, country)
    except InvalidTaxId as error:
        raise ValidationFailed.at(*loc, msg=str(error), value=number) from error
    checkout.customer_tax_id = [tax_id.value, tax_id.format]


def _set_maps(checkout: Checkout, changes: Mapping[str, Any]) -> None:
    for name in ("metadata", "customer_metadata"):
        if changes.get(name) is not None:
            value = validate_metadata(changes[name], loc=("body", name))
            setattr(checkout, name, value)


def _set_answers(checkout: Checkout, changes: Mapping[str, Any]) -> None:
    given = changes.get("custom_field_data")
    if given and checkout.product is not None:
        answers = check_answers(questions_of(checkout.product), given)
        checkout.custom_field_data = merged(checkout.custom_field_data, answers)
