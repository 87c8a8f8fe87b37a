"""Benefits and grants on the pages of what they belong to."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from apps.benefits.admin.cells import BRIEF, CUSTOMER, GRANTED, REASON, RESYNC, SOURCE, STATE, TYPE
from apps.benefits.models import Benefit, BenefitGrant, ProductBenefit, Resync
from apps.benefits.selectors import count_left
from apps.catalog.models import Product
from apps.core.staff import columns, roles
from apps.core.staff.panels import Panel, latest, listing, panel, table

# A list of ids is told by its length.
_LONG = 3


@panel("benefits.benefit", position=10)
def properties(benefit: Benefit, request: HttpRequest) -> Panel:
    """What its type keeps, name by name."""
    rows = list(benefit.properties.items()) + [
        (f"metadata: {name}", value) for name, value in benefit.metadata.items()
    ]
    return table(
        "Properties",
        rows,
        (
            columns.column(lambda row: str(row[0]).replace("_", " "), "Property"),
            columns.column(lambda row: _said(row[1]), "Value"),
        ),
        empty="This type has none.",
        limit=100,
    )


@panel("benefits.benefit", position=20)
def products(benefit: Benefit, request: HttpRequest) -> Panel:
    """What it comes with."""
    links = ProductBenefit.objects.filter(benefit=benefit).select_related("product")
    return table(
        "Products",
        [link.product for link in links.order_by("-product__created_at")[:11]],
        (columns.text("name", "Product"), columns.when("created_at"), columns.when("archived_at")),
        more=listing("catalog", "product", benefit_links__benefit__id__exact=benefit.pk),
        empty="On no product.",
    )


@panel("benefits.benefit", position=50)
def resyncs(benefit: Benefit, request: HttpRequest) -> Panel:
    """Edits that were brought to those who have it."""
    rows = list(Resync.objects.filter(benefit=benefit).order_by("-created_at", "-id")[:11])
    count_left(rows)
    return table(
        "Re-syncs",
        rows,
        RESYNC,
        more=listing("benefits", "resync", benefit__id__exact=benefit.pk),
        empty="It was never edited since somebody has it.",
    )


@panel("catalog.product", position=20)
def benefits_of_product(product: Product, request: HttpRequest) -> Panel:
    """What buyers get with it."""
    links = ProductBenefit.objects.filter(product=product, benefit__deleted_at=None)
    rows = links.select_related("benefit").order_by("position", "id")
    return table(
        "Benefits",
        [link.benefit for link in rows],
        (columns.text("description", "Benefit"), TYPE, columns.text("visibility")),
        empty="It gives nothing besides itself.",
        limit=50,
    )


def _said(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, list) and len(value) > _LONG:
        return f"{len(value)} entries"
    return value if isinstance(value, str) else json.dumps(value)


def _grants_on(label: str, field: str, shown: object, position: int) -> None:
    latest(
        label,
        BenefitGrant,
        field,
        shown,  # type: ignore[arg-type]
        title="Benefits",
        position=position,
        related=("benefit", "customer"),
    )


@panel("customers.customer", position=40)
def grants_of_customer(customer: Any, request: HttpRequest) -> Panel:
    """What the customer has, had, or should have."""
    verbs = []
    if roles.reaches(request.user, roles.SUPPORT):
        query = urlencode({"customer": customer.pk})
        address = reverse("admin:benefits_benefitgrant_grant_all_again")
        verbs = [("Grant again", f"{address}?{query}")]
    rows = BenefitGrant.objects.filter(customer=customer.pk).order_by("-created_at")
    return table(
        "Benefits",
        rows.select_related("benefit", "customer"),
        BRIEF,
        more=listing("benefits", "benefitgrant", customer__id__exact=customer.pk),
        verbs=verbs,
    )


_grants_on("subscriptions.subscription", "subscription_id", BRIEF[:3] + BRIEF[4:], 40)
_grants_on("orders.order", "order_id", BRIEF[:3] + BRIEF[4:], 40)
latest(
    "benefits.benefit",
    BenefitGrant,
    "benefit",
    (CUSTOMER, STATE, REASON, SOURCE, GRANTED),
    title="Grants",
    position=40,
    related=("customer", "benefit"),
)
