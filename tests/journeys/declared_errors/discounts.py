"""Discounts."""

from tests.journeys.declared_errors.scene import OF_LIST, OF_ONE, Rows

ROWS: Rows = {
    "discounts.list": OF_LIST,
    "discounts.create": {
        "HTTPValidationError": lambda call, scene: call(name="x", type="fixed", duration="once")
    },
    "discounts.get": OF_ONE,
    "discounts.update": OF_ONE,
    "discounts.delete": OF_ONE,
}
