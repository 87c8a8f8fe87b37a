"""JSON out, by orjson."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework.renderers import BaseRenderer

from apps.api.wire import dump


class OrjsonRenderer(BaseRenderer):
    """Renders the answers of views that return a `Response`."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        """JSON bytes, none for an answer without a body."""
        return b"" if data is None else dump(data)
