"""Products, their prices, and what else buyers are asked for."""

from apps.catalog.models.custom_fields import AttachedField, CustomField
from apps.catalog.models.products import Price, Product

__all__ = ["AttachedField", "CustomField", "Price", "Product"]
