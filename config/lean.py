"""
What processes do without, before anything else is loaded.

The client of Redis loads OpenTelemetry's metrics wherever they are installed, in every process. It
does without them where they cannot be loaded.
"""

import os
import sys
from typing import Any, cast

_LOADED_BY_REDIS = "opentelemetry.sdk.metrics"


def leave_out() -> None:
    """Let nobody load them in a process that sends no traces."""
    if not os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
        modules = cast(dict[str, Any], sys.modules)
        # The way of the language to say that a module cannot be loaded.
        modules.setdefault(_LOADED_BY_REDIS, None)
