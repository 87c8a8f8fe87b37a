"""Payments."""

from tests.journeys.declared_errors.scene import OF_LIST, OF_ONE, Rows

ROWS: Rows = {"payments.list": OF_LIST, "payments.get": OF_ONE}
