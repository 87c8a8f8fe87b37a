"""Sessions of customers."""

from tests.journeys.declared_errors.scene import Rows, cannot

ROWS: Rows = {
    "customer_sessions.create": {
        "HTTPValidationError": lambda call, scene: call(customer_id="x"),
        "AmbiguousExternalCustomerID": cannot("an external id is one living customer's"),
    },
}
