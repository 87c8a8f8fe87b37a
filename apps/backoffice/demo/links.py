"""A link that the demo merchant has published: whoever opens it can buy at once."""

from __future__ import annotations

from typing import Final

from django.db.models import QuerySet

from apps.backoffice.demo.cast import ORGANIZATION_SLUG
from apps.catalog.models import Product
from apps.checkouts.links import link_url
from apps.checkouts.models import CheckoutLink
from apps.checkouts.operations import LinkInput, create_link
from apps.core.origin import Origin
from apps.organizations.models import Organization

KEY: Final = "demo"
# By the keys of the products.
OFFERED: Final = ("guide", "course", "print")


def seed_links(organization: Organization, *, origin: Origin) -> None:
    """The demo's link; one that is there already stays as it is, withdrawn or not."""
    if _links(organization).exists():
        return
    ids = [
        product.pk
        for key in OFFERED
        for product in Product.objects.filter(
            organization=organization,
            metadata__contains={"demo": key},
            archived_at=None,
            deleted_at=None,
        )
    ]
    if ids:
        details = {"label": "The shop's front page", "metadata": {KEY: "shop"}}
        data = LinkInput(product_ids=ids, details=details)
        create_link(organization=organization, data=data, origin=origin)


def example_link_url() -> str:
    """The address of the demo's link; empty once it is withdrawn."""
    organization = Organization.objects.get(slug=ORGANIZATION_SLUG)
    link = _links(organization).filter(deleted_at=None).first()
    return link_url(link) if link else ""


def _links(organization: Organization) -> QuerySet[CheckoutLink]:
    return CheckoutLink.objects.filter(organization=organization, metadata__contains={KEY: "shop"})
