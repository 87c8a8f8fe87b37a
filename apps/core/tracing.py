"""
Spans for whoever collects traces: one for each request, task and webhook.

What has the same correlation id is one trace, in whatever process it happened. Nothing is loaded
unless `OTEL_EXPORTER_OTLP_ENDPOINT` is set.
"""

from __future__ import annotations

import hashlib
from typing import Any

from apps.core.clock import system_time
from apps.core.correlation import current_correlation_id
from apps.core.scrubbing import scrub

_tracer: Any = None


def start_traces(*, service: str, version: str) -> None:
    """Send spans from here on, in the background, to the address that the environment gives."""
    global _tracer
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    resource = Resource.create({"service.name": service, "service.version": version})
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    _tracer = provider.get_tracer("comptroller")


def note_span(name: str, seconds: float, *, is_failed: bool, **attributes: Any) -> None:
    """Something that has just ended and took so long; does nothing where traces are off."""
    if _tracer is None:
        return
    from opentelemetry.trace import StatusCode

    end = int(system_time().timestamp() * 1e9)
    correlation_id = current_correlation_id()
    known = {"correlation_id": correlation_id, **attributes}
    span = _tracer.start_span(
        name,
        context=_context_of(correlation_id),
        start_time=end - int(seconds * 1e9),
        attributes={key: value for key, value in scrub(known).items() if value is not None},
    )
    if is_failed:
        span.set_status(StatusCode.ERROR)
    span.end(end_time=end)


def _context_of(correlation_id: str) -> Any:
    """The trace of everything with this id."""
    from opentelemetry import trace

    if not correlation_id:
        return None
    digest = hashlib.sha256(correlation_id.encode()).digest()
    parent = trace.SpanContext(
        trace_id=int.from_bytes(digest[:16]),
        span_id=int.from_bytes(digest[16:24]),
        is_remote=True,
        trace_flags=trace.TraceFlags(trace.TraceFlags.SAMPLED),
    )
    return trace.set_span_in_context(trace.NonRecordingSpan(parent))
