"""Checkout links."""

from tests.journeys.declared_errors.scene import OF_LIST, OF_ONE, Rows

ROWS: Rows = {
    "checkout_links.list": OF_LIST,
    "checkout_links.create": {
        "HTTPValidationError": lambda call, scene: call(payment_processor="stripe", products=[])
    },
    "checkout_links.get": OF_ONE,
    "checkout_links.update": OF_ONE,
    "checkout_links.delete": OF_ONE,
}
