"""The product and benefit that a row names."""

from __future__ import annotations

from functools import lru_cache
from uuid import UUID

from django.db.models import Q

from apps.benefits.models import Benefit
from apps.catalog.models import Product
from apps.license_keys.terms import TYPE
from apps.license_keys.transfer.columns import Cells

# Names of products and benefits that are remembered while a file is read.
REMEMBERED = 1000


class Matcher:
    """Looks names up, each once; what cannot be is written beside the cell."""

    def __init__(self, organization_id: UUID) -> None:
        self._organization_id = organization_id
        remember = lru_cache(maxsize=REMEMBERED)
        self._product = remember(self._find_product)
        self._benefit = remember(self._find_benefit)

    def match(self, cells: Cells) -> tuple[UUID | None, UUID | None]:
        """The ids of product and benefit; no benefit where something is wrong."""
        product_name = cells.values.get("product", "")
        benefit_name = cells.values.get("benefit", "")
        product_id, wrong = self._product(product_name)
        if wrong:
            cells.wrong["product"] = wrong
            return None, None
        benefit_id, wrong = self._benefit(benefit_name, product_id)
        if wrong:
            cells.wrong["benefit" if benefit_name else "product"] = wrong
        return product_id, benefit_id

    def _find_product(self, name: str) -> tuple[UUID | None, str]:
        if not name:
            return None, ""
        rows = Product.objects.filter(organization_id=self._organization_id, deleted_at=None)
        found = list(rows.filter(_by(name, "name")).values_list("pk", flat=True)[:2])
        if len(found) != 1:
            many = "Several products have" if found else "No product has"
            return None, f"{many} the name or id {name[:60]}."
        return found[0], ""

    def _find_benefit(self, name: str, product_id: UUID | None) -> tuple[UUID | None, str]:
        rows = Benefit.objects.filter(organization_id=self._organization_id, deleted_at=None)
        if name:
            rows = rows.filter(_by(name, "description"))
            if rows.exists() and not rows.filter(type=TYPE).exists():
                return None, f"The benefit {name[:60]} is none of licence keys."
        elif product_id is None:
            return None, "A product or a benefit is needed."
        rows = rows.filter(type=TYPE)
        if name and not rows.exists():
            return None, f"No benefit has the description or id {name[:60]}."
        if product_id is not None:
            rows = rows.filter(product_links__product_id=product_id)
        found = list(rows.values_list("pk", flat=True)[:2])
        if len(found) == 1:
            return found[0], ""
        if found:
            return None, "There are several benefits of licence keys: name one of them."
        return None, (
            "The product does not come with this benefit."
            if name
            else "The product comes with no benefit of licence keys."
        )


def _by(name: str, field: str) -> Q:
    try:
        return Q(pk=UUID(name))
    except ValueError:
        return Q(**{field: name})
