"""Every write to customers."""

from apps.customers.operations.announcing import announce_state, note_state_change
from apps.customers.operations.deletion import delete_customer
from apps.customers.operations.disclosing import export_customer_data
from apps.customers.operations.gathering import customers_of_addresses
from apps.customers.operations.matching import match_buyer
from apps.customers.operations.members import (
    LastOwner,
    create_member,
    delete_member,
    update_member,
)
from apps.customers.operations.merging import merge_customers, plan_merge_customers
from apps.customers.operations.restoring import (
    CustomerNotDeleted,
    plan_restore_customer,
    restore_customer,
)
from apps.customers.operations.saving import create_customer, plan_change_email, update_customer
from apps.customers.operations.sessions import (
    SessionInput,
    close_leaked_session,
    create_customer_session,
    forget_customer_sessions,
)

__all__ = [
    "CustomerNotDeleted",
    "LastOwner",
    "SessionInput",
    "announce_state",
    "close_leaked_session",
    "create_customer",
    "create_customer_session",
    "create_member",
    "customers_of_addresses",
    "delete_customer",
    "delete_member",
    "export_customer_data",
    "forget_customer_sessions",
    "match_buyer",
    "merge_customers",
    "note_state_change",
    "plan_change_email",
    "plan_merge_customers",
    "plan_restore_customer",
    "restore_customer",
    "update_customer",
    "update_member",
]
