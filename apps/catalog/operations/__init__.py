"""Every write to products and prices."""

from apps.catalog.inputs import PriceInput, ProductInput
from apps.catalog.operations.pricing import create_ad_hoc_prices
from apps.catalog.operations.products import (
    archive_product,
    create_product,
    delete_product,
    restore_product,
    update_product,
)

__all__ = [
    "PriceInput",
    "ProductInput",
    "archive_product",
    "create_ad_hoc_prices",
    "create_product",
    "delete_product",
    "restore_product",
    "update_product",
]
