"""Every write to customers."""

from apps.customers.operations.deletion import delete_customer
from apps.customers.operations.matching import match_buyer
from apps.customers.operations.saving import create_customer, update_customer

__all__ = ["create_customer", "delete_customer", "match_buyer", "update_customer"]
