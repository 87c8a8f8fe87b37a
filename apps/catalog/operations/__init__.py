"""Every write to products and prices."""

from apps.catalog.inputs import AttachedFieldInput, PriceInput, ProductInput
from apps.catalog.operations.custom_fields import (
    FieldInput,
    create_custom_field,
    delete_custom_field,
    update_custom_field,
)
from apps.catalog.operations.pricing import create_ad_hoc_prices
from apps.catalog.operations.products import (
    archive_product,
    create_product,
    delete_product,
    restore_product,
    update_product,
)

__all__ = [
    "AttachedFieldInput",
    "FieldInput",
    "PriceInput",
    "ProductInput",
    "archive_product",
    "create_ad_hoc_prices",
    "create_custom_field",
    "create_product",
    "delete_custom_field",
    "delete_product",
    "restore_product",
    "update_custom_field",
    "update_product",
]
