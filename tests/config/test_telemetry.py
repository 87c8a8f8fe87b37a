"""Error tracking and traces: off without a trace of them, on without personal data."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from apps.core.correlation import correlated
from apps.core.errors import Unavailable
from apps.core.jobs import enqueue
from config.telemetry import cleaned
from tests.support.brokers import OwnValkey, own_valkey
from tests.support.workers import ROOT, eventually, worker

MINE = "trace-me-0001"
PERSON = "grace.hopper@example.com"


class Collector:
    """What came in, by path."""

    def __init__(self) -> None:
        self.port = 0
        self.bodies: list[tuple[str, bytes]] = []

    def of(self, path: str) -> list[bytes]:
        return [body for found, body in self.bodies if found.startswith(path)]

    def spans(self) -> list[Any]:
        """All of them, with their attributes as plain text."""
        found = []
        for body in self.of("/v1/traces"):
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                for scope in resource.scope_spans:
                    found += scope.spans
        return found


@contextmanager
def collecting() -> Iterator[Collector]:
    collector = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            if self.headers.get("content-encoding") == "gzip":
                body = gzip.decompress(body)
            collector.bodies.append((self.path, body))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    collector.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield collector
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def valkey() -> Iterator[OwnValkey]:
    with own_valkey() as server:
        yield server


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(300)
def test_a_worker_reports_without_personal_data(valkey: OwnValkey, tmp_path: Path) -> None:
    log = tmp_path / "worker.log"
    with collecting() as collector:
        address = f"127.0.0.1:{collector.port}"
        environment = {
            "SENTRY_DSN": f"http://public@{address}/7",
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://{address}",
            "OTEL_BSP_SCHEDULE_DELAY": "200",
        }
        with worker(valkey.url, log=log, **environment):
            with correlated(MINE):
                enqueue("probe.leak", word=PERSON)
            eventually(
                lambda: any(b"ValueError" in body for body in collector.of("/api/7/")),
                seconds=60,
                what=log.read_text,
            )
            eventually(
                lambda: any(span.name == "probe.leak" for span in collector.spans()),
                seconds=60,
                what=log.read_text,
            )
    text = b"".join(body for _, body in collector.bodies).decode(errors="replace")
    assert PERSON not in text and "grace.hopper" not in text
    lines = [line for body in collector.of("/api/7/") for line in body.splitlines()]
    events = [json.loads(line) for line in lines if b'"exception"' in line]
    [event] = [one for one in events if one["exception"]["values"][-1]["type"] == "ValueError"]
    assert event["tags"]["correlation_id"] == MINE
    assert event["exception"]["values"][-1]["value"] == "Nothing could be sent to [scrubbed]."
    assert "vars" not in text
    span = next(one for one in collector.spans() if one.name == "probe.leak")
    attributes = {one.key: one.value.string_value for one in span.attributes}
    assert attributes["correlation_id"] == MINE
    assert attributes["outcome"] == "failure"


def test_nothing_is_loaded_without_an_address() -> None:
    code = (
        "import sys, config.wsgi\n"
        "from config import gunicorn, telemetry\n"
        "gunicorn.post_fork(None, None); telemetry.start('worker')\n"
        "heavy = ('sentry_sdk', 'opentelemetry.sdk.trace', 'opentelemetry.sdk.metrics')\n"
        "found = [name for name in heavy if sys.modules.get(name)]\n"
        "assert not found, found"
    )
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("SENTRY_DSN", "OTEL_EXPORTER_OTLP_ENDPOINT")
    }
    environment["DJANGO_SETTINGS_MODULE"] = "config.settings"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, env=environment)


class TestCleaned:
    def test_keeps_what_will_pass_to_itself(self) -> None:
        assert cleaned({}, {"exc_info": (Unavailable, Unavailable(), None)}) is None
        assert cleaned({"message": "x"}, {}) == {"message": "x"}

    def test_drops_who_asked(self) -> None:
        event = {
            "sdk": {"name": "sentry.python"},
            "user": {"id": 1, "ip_address": "203.0.113.7"},
            "request": {
                "headers": {"Authorization": "Bearer x", "X-Forwarded-For": "203.0.113.7"},
                "cookies": {"session": "abc"},
                "query_string": "email=grace%40example.com",
                "env": {"REMOTE_ADDR": "203.0.113.7"},
            },
        }
        found = cleaned(event, {})
        assert found["sdk"] == {"name": "sentry.python"}
        assert "user" not in found
        for word in ("203.0.113.7", "Bearer", "abc", "grace"):
            assert word not in str(found)
