"""Customers."""

from tests.journeys.declared_errors.scene import OF_EXTERNAL, OF_LIST, OF_ONE, Rows

ROWS: Rows = {
    "customers.list": OF_LIST,
    "customers.create": {"HTTPValidationError": lambda call, scene: call(email="nonsense")},
    "customers.export": {"HTTPValidationError": lambda call, scene: call(organization_id="x")},
    "customers.get": OF_ONE,
    "customers.update": OF_ONE,
    "customers.delete": OF_ONE,
    "customers.get_state": OF_ONE,
    "customers.list_payment_methods": OF_ONE,
    "customers.get_external": OF_EXTERNAL,
    "customers.update_external": OF_EXTERNAL,
    "customers.delete_external": OF_EXTERNAL,
    "customers.get_state_external": OF_EXTERNAL,
    "customers.list_payment_methods_external": OF_EXTERNAL,
}
