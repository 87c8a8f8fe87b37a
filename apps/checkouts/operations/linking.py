"""Making, changing and withdrawing checkout links."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from apps.catalog.models import Product
from apps.catalog.selectors import priced_products
from apps.checkouts.link_selectors import allow_count, is_buyable, products_of, shown_link
from apps.checkouts.locks import lock_link
from apps.checkouts.models import LINK_SECRET_PREFIX, CheckoutLink, CheckoutLinkProduct
from apps.core.changes import assign
from apps.core.credentials import new_credential
from apps.core.errors import Problem, ValidationFailed
from apps.core.metadata import validate_metadata
from apps.core.origin import Origin
from apps.discounts.models import Discount
from apps.discounts.selectors import living_discounts
from apps.events.operations import record
from apps.organizations.models import Organization

_PLAIN: Final = ("label", "success_url", "return_url", "seats", "units")
_FLAGS: Final = ("allow_discount_codes", "require_billing_address")
_TRIAL: Final = ("trial_interval", "trial_interval_count")


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkInput:
    """What a merchant asks for: `product_ids` in their order, `details` by the API's names."""

    product_ids: Sequence[UUID]
    details: Mapping[str, Any] = field(default_factory=dict)


@transaction.atomic
def create_link(*, organization: Organization, data: LinkInput, origin: Origin) -> CheckoutLink:
    """
    A new link of an organization. Records `checkout_link.created`.

    :raises ValidationFailed: without a product; for products that are unknown, archived or
        drafts; for an unknown discount or one that is not for all of the products; for seats or
        units that one of the products cannot be bought in; for half a trial.
    """
    link = CheckoutLink(
        organization=organization,
        client_secret=new_credential(LINK_SECRET_PREFIX),
        created_at=origin.at,
    )
    products = _products(organization, data.product_ids)
    assign(link, _values(link, data.details))
    _require_sound(link, products, {"products"})
    link.save(force_insert=True)
    _offer(link, products)
    record(
        "checkout_link.created",
        subject=link,
        organization_id=organization.pk,
        origin=origin,
        payload={"products": [str(product.pk) for product in products]},
    )
    return link


@transaction.atomic
def update_link(*, link_id: UUID, changes: Mapping[str, Any], origin: Origin) -> CheckoutLink:
    """
    The link with `changes`, named as in the API; what is absent stays, as do products, flags and
    metadata that are null. Checkouts made before keep what they have.

    Changing nothing writes nothing; otherwise records `checkout_link.updated`.

    :raises ValidationFailed: as `create_link`, for what is changed and what hangs on it.
    :raises ResourceNotFound: if it is deleted.
    """
    link = lock_link(link_id)
    former = products_of(shown_link(link.pk))
    wanted = changes.get("products")
    products = former if wanted is None else _products(link.organization, wanted)
    difference = assign(link, _values(link, changes))
    is_offer_new = [product.pk for product in products] != [product.pk for product in former]
    touched = set(difference) | ({"products"} if is_offer_new else set())
    _require_sound(link, products, touched)
    if is_offer_new:
        CheckoutLinkProduct.objects.filter(link=link).delete()
        _offer(link, products)
        difference["products"] = _ids(former), _ids(products)
    if difference:
        link.modified_at = origin.at
        link.save()
        record(
            "checkout_link.updated",
            subject=link,
            organization_id=link.organization_id,
            origin=origin,
            changes=difference,
        )
    return link


@transaction.atomic
def delete_link(*, link_id: UUID, origin: Origin) -> CheckoutLink:
    """
    Withdraw a link: whoever opens it is told so. Checkouts made from it can still be paid.

    Records `checkout_link.deleted`.

    :raises ResourceNotFound: the second time.
    """
    link = lock_link(link_id)
    link.deleted_at = link.modified_at = origin.at
    link.save(update_fields=["deleted_at", "modified_at"])
    record(
        "checkout_link.deleted",
        subject=link,
        organization_id=link.organization_id,
        origin=origin,
    )
    return link


def _values(link: CheckoutLink, given: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of the row that are given, cleaned."""
    values = {name: given[name] for name in (*_PLAIN, *_TRIAL) if name in given}
    values |= {name: given[name] for name in _FLAGS if given.get(name) is not None}
    if given.get("metadata") is not None:
        values["metadata"] = validate_metadata(given["metadata"])
    if "discount_id" in given:
        values["discount"] = _discount(link.organization, given["discount_id"])
    return values


def _require_sound(link: CheckoutLink, products: Sequence[Product], touched: set[str]) -> None:
    """
    Pass if what was `touched` holds together.

    What was sound once and is not any more is no obstacle to changing something else.
    """
    _require_whole_trial(link)
    is_offer_new = "products" in touched
    if is_offer_new or "discount" in touched:
        _require_discount_for_all(link.discount, products)
    for name in ("seats", "units"):
        count = getattr(link, name)
        if count is None or not (is_offer_new or name in touched):
            continue
        if not allow_count(products, name, count):
            message = f"Not every product can be bought in this number of {name}."
            raise ValidationFailed.at("body", name, msg=message, value=count)


def _require_whole_trial(link: CheckoutLink) -> None:
    if (link.trial_interval is None) != (link.trial_interval_count is None):
        missing = "trial_interval" if link.trial_interval is None else "trial_interval_count"
        message = "A trial needs an interval and how many of it."
        raise ValidationFailed.at("body", missing, msg=message, value=None)


def _discount(organization: Organization, discount_id: UUID | None) -> Discount | None:
    if discount_id is None:
        return None
    found = living_discounts(organization).filter(pk=discount_id).first()
    if found is None:
        raise ValidationFailed.at(
            "body", "discount_id", msg="Discount does not exist.", value=str(discount_id)
        )
    return found


def _require_discount_for_all(discount: Discount | None, products: Sequence[Product]) -> None:
    if discount is None:
        return
    allowed = {product.pk for product in discount.products.all()}
    if allowed and not {product.pk for product in products} <= allowed:
        raise ValidationFailed.at(
            "body",
            "discount_id",
            msg="This discount is not for all of the products.",
            value=str(discount.pk),
        )


def _products(organization: Organization, product_ids: Sequence[UUID]) -> list[Product]:
    ids = list(dict.fromkeys(product_ids))
    loc = ("body", "products")
    if not ids:
        message = "At least one product is needed."
        raise ValidationFailed.at(*loc, msg=message, value=[], kind="too_short")
    found = priced_products(organization, ids)
    problems: list[Problem] = []
    for index, product_id in enumerate(ids):
        product = found.get(product_id)
        if product is not None and is_buyable(product):
            continue
        message = "Product does not exist." if product is None else _why_not(product)
        problem: Problem = {
            "loc": [*loc, index],
            "msg": message,
            "type": "value_error",
            "input": str(product_id),
        }
        problems.append(problem)
    if problems:
        raise ValidationFailed(problems)
    return [found[product_id] for product_id in ids]


def _why_not(product: Product) -> str:
    if product.is_archived:
        return "Product is archived."
    is_draft = product.visibility == Product.Visibility.DRAFT
    return "Product is a draft." if is_draft else "The product has no price."


def _offer(link: CheckoutLink, products: Sequence[Product]) -> None:
    CheckoutLinkProduct.objects.bulk_create(
        CheckoutLinkProduct(link=link, product=product, position=position)
        for position, product in enumerate(products)
    )


def _ids(products: Sequence[Product]) -> list[str]:
    return [str(product.pk) for product in products]
