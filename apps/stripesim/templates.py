"""Fresh copies of Stripe's example objects, so that every answer has every key from the first."""

from pathlib import Path
from typing import Any

import orjson

Obj = dict[str, Any]

_TEMPLATES: dict[str, bytes] = {
    name: orjson.dumps(body)
    for name, body in orjson.loads(
        (Path(__file__).parent / "data" / "templates.json").read_bytes()
    ).items()
}


def template(kind: str, **values: Any) -> Obj:
    """A new object of `kind` with `values` over the example's."""
    obj: Obj = orjson.loads(_TEMPLATES[kind])
    obj.update(values)
    return obj
