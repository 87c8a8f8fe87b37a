"""A checkout from a link, for whoever opens it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import transaction

from apps.catalog.answers import answer_of_text
from apps.catalog.field_selectors import questions_of
from apps.catalog.models import Product
from apps.checkouts.link_selectors import allow_count, buyable_products
from apps.checkouts.models import Checkout, CheckoutLink
from apps.checkouts.operations.creating import NewCheckout, create_checkout
from apps.core.errors import DomainError, NotPermitted
from apps.core.metadata import MAX_KEYS, validate_metadata
from apps.core.origin import Origin

_COPIED: Final = ("allow_discount_codes", "require_billing_address", "success_url", "return_url")


@dataclass(frozen=True, slots=True)
class Prefill:
    """
    What the address of a link says beside the link: `wishes` by the API's names of a checkout's
    fields, `answers` as text by the slugs of custom fields, and `metadata`. Nothing of it has to be
    possible.
    """

    wishes: Sequence[tuple[str, Any]] = ()
    answers: Mapping[str, str] = field(default_factory=dict)
    metadata: Mapping[str, str] = field(default_factory=dict)


@transaction.atomic
def open_link(
    *, link: CheckoutLink, prefill: Prefill, buyer_country: str | None, origin: Origin
) -> Checkout:
    """
    A new checkout of what a link (from `link_by_secret`) offers and can be bought now.

    A discount that cannot be had, a number of seats or units that one of the products cannot be
    bought in any more, and what is not possible of `prefill` are left out. Each call makes one
    more.

    :raises NotPermitted: while the organization may not use the API.
    :raises ValidationFailed: if nothing of it can be bought.
    """
    if not link.organization.can("api_access"):
        raise NotPermitted
    products = buyable_products(link)
    details: dict[str, Any] = {name: getattr(link, name) for name in _COPIED}
    details["metadata"] = _metadata(link, prefill)
    if link.trial_interval is not None:
        details["trial_interval"] = link.trial_interval
        details["trial_interval_count"] = link.trial_interval_count
    limits: dict[str, int] = {}
    for name in ("seats", "units"):
        count = getattr(link, name)
        if count is not None and allow_count(products, name, count):
            limits |= {f"min_{name}": count, f"max_{name}": count}
    # What a discount or an amount is possible for hangs on the product.
    wishes = [one for one in prefill.wishes if one[0] == "product_id"]
    if link.discount_id is not None:
        wishes.append(("discount_id", link.discount_id))
    wishes += [one for one in prefill.wishes if one[0] != "product_id"]
    wishes += [("custom_field_data", answer) for answer in _answers(products, prefill)]
    data = NewCheckout(
        product_ids=[product.pk for product in products],
        limits=limits,
        buyer_country=buyer_country,
        details=details,
        wishes=wishes,
        link=link,
    )
    return create_checkout(organization=link.organization, data=data, origin=origin)


def _answers(products: Sequence[Product], prefill: Prefill) -> list[dict[str, Any]]:
    """The answers one by one, each as the first product that asks for it takes it."""
    if not prefill.answers:
        return []
    questions = {
        question.slug: question
        for product in reversed(products)
        for question in questions_of(product)
    }
    return [
        {slug: answer_of_text(questions[slug], text)}
        for slug, text in prefill.answers.items()
        if slug in questions
    ]


def _metadata(link: CheckoutLink, prefill: Prefill) -> dict[str, Any]:
    """The link's own, which nothing in an address overrides, and what else is allowed."""
    metadata = dict(link.metadata)
    for name, value in prefill.metadata.items():
        if name in metadata or len(metadata) >= MAX_KEYS:
            continue
        try:
            metadata |= validate_metadata({name: value})
        except DomainError:
            continue
    return metadata
