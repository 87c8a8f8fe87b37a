"""Products, prices and custom fields, for staff."""

from apps.catalog.admin import custom_fields, products
from apps.catalog.admin.products import price_label

__all__ = ["custom_fields", "price_label", "products"]
