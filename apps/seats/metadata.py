"""The merchant's own words on a seat: smaller than elsewhere, and of any shape. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from apps.core.errors import SchemaInvalid

MAX_KEYS: Final = 10
MAX_BYTES: Final = 1024


def clean_seat_metadata(metadata: Mapping[str, Any] | None) -> dict[str, Any]:
    """
    The metadata as it is kept: up to ten keys, together up to 1024 bytes of JSON.

    :raises SchemaInvalid: at `metadata`, for more than that.
    """
    given = dict(metadata or {})
    if len(given) > MAX_KEYS:
        message = f"There can be at most {MAX_KEYS} keys, not {len(given)}."
        raise SchemaInvalid.at("body", "metadata", msg=message, kind="too_long")
    if len(json.dumps(given, ensure_ascii=False).encode()) > MAX_BYTES:
        message = f"This can be at most {MAX_BYTES} bytes long."
        raise SchemaInvalid.at("body", "metadata", msg=message, kind="too_long")
    return given
