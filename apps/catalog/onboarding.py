"""What the catalog knows of a merchant's onboarding."""

from __future__ import annotations

from apps.catalog.models import Product
from apps.organizations.models import Organization
from apps.organizations.onboarding import Finding, register_step


def register() -> None:
    """Called once, when Django is ready."""
    register_step("product", "Product", _product, position=10)


def _product(organization: Organization) -> Finding:
    """Something that is for sale."""
    rows = Product.objects.filter(organization=organization, deleted_at=None)
    return Finding(rows.filter(archived_at=None).exists())
