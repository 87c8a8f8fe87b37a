"""Subscriptions."""

from __future__ import annotations

from tests.journeys.declared_errors.scene import OF_LIST, OF_ONE, Rows

ROWS: Rows = {
    "subscriptions.list": OF_LIST,
    "subscriptions.create": {"HTTPValidationError": lambda call, scene: call(product_id="x")},
    "subscriptions.export": {"HTTPValidationError": lambda call, scene: call(timezone="Mars/Base")},
    "subscriptions.get": OF_ONE,
}
