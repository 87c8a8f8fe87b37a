"""Error tracking and traces, for processes whose environment names a place to send them."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]


def start(process: str) -> None:
    """
    Begin to report what goes wrong in this `process` (web, worker, beat), and how long things take.

    `SENTRY_DSN` and `OTEL_EXPORTER_OTLP_ENDPOINT` switch each on; without them nothing is loaded.
    """
    if dsn := os.environ.get("SENTRY_DSN"):
        _start_sentry(dsn, process)
    if os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
        from apps.core.tracing import start_traces

        service = os.environ.get("OTEL_SERVICE_NAME", f"comptroller-{process}")
        start_traces(service=service, version=_version())


def _start_sentry(dsn: str, process: str) -> None:
    import sentry_sdk

    # Not before the settings, which tell in one line what is wrong with it.
    from config.env import ENVIRONMENT

    sentry_sdk.init(
        dsn=dsn,
        release=_version(),
        environment=ENVIRONMENT,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        before_send=cleaned,
    )
    sentry_sdk.set_tag("process", process)


def cleaned(event: Any, hint: Any) -> Any:
    """What leaves: without personal data, tied to its correlation id; None for what will pass."""
    from apps.core.correlation import current_correlation_id
    from apps.core.jobs import TRANSIENT
    from apps.core.scrubbing import scrub

    kind = (hint.get("exc_info") or (None,))[0]
    if kind is not None and issubclass(kind, TRANSIENT):
        return None
    kept = {name: event[name] for name in ("sdk", "event_id", "timestamp") if name in event}
    # Who asked is nobody's business there; what is installed stands in the lock.
    rest = {name: value for name, value in event.items() if name not in ("user", "modules")}
    found = {**scrub(rest), **kept}
    if correlation_id := current_correlation_id():
        found["tags"] = {**dict(found.get("tags") or {}), "correlation_id": correlation_id}
    return found


def _version() -> str:
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"])
