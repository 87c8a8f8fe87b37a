"""The row locks of the catalog."""

from __future__ import annotations

from uuid import UUID

from apps.catalog.models import CustomField, Product
from apps.core.errors import ResourceNotFound


def lock_product(product_id: UUID) -> Product:
    """
    The living product, locked until the transaction ends; rows may still refer to it.

    :raises ResourceNotFound: if there is none.
    """
    row = (
        Product.objects.select_for_update(of=("self",), no_key=True)
        .select_related("organization")
        .filter(pk=product_id, deleted_at=None)
        .first()
    )
    if row is None:
        raise ResourceNotFound()
    return row


def lock_field(field_id: UUID) -> CustomField:
    """
    The living custom field, locked until the transaction ends.

    :raises ResourceNotFound: if there is none.
    """
    rows = CustomField.objects.select_for_update(of=("self",), no_key=True)
    row = rows.select_related("organization").filter(pk=field_id, deleted_at=None).first()
    if row is None:
        raise ResourceNotFound()
    return row
