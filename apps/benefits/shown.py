"""Benefits beside the products that they come with."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from apps.benefits.api.presenters import present_linked, present_linked_public
from apps.benefits.models import Benefit, ProductBenefit
from apps.catalog.companions import Companions, register_benefits


def register() -> None:
    """Called once, when Django is ready."""
    register_benefits(
        Companions(
            accessor="benefit_links",
            rows=_links,
            is_public=_is_public,
            present_public=present_linked_public,
            present=present_linked,
        )
    )


def _links() -> QuerySet[ProductBenefit]:
    rows = ProductBenefit.objects.filter(benefit__deleted_at=None).select_related("benefit")
    return rows.order_by("position", "id")


def _is_public(link: Any) -> bool:
    return bool(link.benefit.visibility == Benefit.Visibility.PUBLIC)
