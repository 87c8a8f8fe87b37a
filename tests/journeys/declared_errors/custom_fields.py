"""Custom fields."""

from typing import Any
from uuid import uuid4

from tests.journeys.declared_errors.scene import OF_LIST, OF_ONE, Call, Rows, Scene, no_id


def unknown(call: Call, scene: Scene) -> Any:
    """A change of a field that there is not."""
    return call(str(uuid4()), type="text")


ROWS: Rows = {
    "custom_fields.list": OF_LIST,
    "custom_fields.create": {
        "HTTPValidationError": lambda call, scene: call(
            type="text", slug="not a slug", name="x", properties={}
        )
    },
    "custom_fields.get": OF_ONE,
    "custom_fields.update": {
        "ResourceNotFound": unknown,
        "HTTPValidationError": no_id,
    },
    "custom_fields.delete": OF_ONE,
}
