"""`/metrics`: the numbers of all processes, for those who may read them, with few labels."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import settings
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from apps.core.clock import system_time
from apps.core.exposition import exposition
from apps.core.health import registered_health_checks
from apps.core.jobs import QUEUES, enqueue
from apps.core.metrics import registered_gauges
from apps.invariants.models import CheckRun
from tests.support.brokers import OwnValkey, own_valkey
from tests.support.systems import web
from tests.support.workers import ROOT, eventually, worker

Numbers = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def parsed(text: str) -> Numbers:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def total(numbers: Numbers, name: str, **labels: str) -> float:
    """The sum of what has these labels, whatever others it has."""
    return sum(
        value
        for (found, values), value in numbers.items()
        if found == f"comptroller_{name}" and set(labels.items()) <= set(values)
    )


class TestReading:
    @pytest.mark.django_db
    def test_is_for_this_machine_without_a_token(self, client: Client) -> None:
        assert client.get("/metrics").status_code == 200
        assert client.get("/metrics", REMOTE_ADDR="::1").status_code == 200
        assert client.get("/metrics", REMOTE_ADDR="203.0.113.7").status_code == 404
        assert client.get("/metrics", REMOTE_ADDR="").status_code == 404
        for header in ("X-Forwarded-For", "Forwarded", "X-Real-IP"):
            assert client.get("/metrics", headers={header: "127.0.0.1"}).status_code == 404

    @pytest.mark.django_db
    def test_is_for_whoever_has_the_token(self, client: Client, settings: Any) -> None:
        settings.METRICS_TOKEN = "let me in"
        assert client.get("/metrics").status_code == 404
        for given in ("Bearer let me", "let me in", "Bearer ", "Bearer évident"):
            assert client.get("/metrics", headers={"Authorization": given}).status_code == 404
        answer = client.get(
            "/metrics", headers={"Authorization": "Bearer let me in"}, REMOTE_ADDR="203.0.113.7"
        )
        assert answer.status_code == 200

    def test_can_be_switched_off(self, client: Client, settings: Any) -> None:
        settings.METRICS_ENABLED = False
        assert client.get("/metrics").status_code == 404


@pytest.mark.django_db
class TestGauges:
    def test_are_all_read(self) -> None:
        CheckRun.objects.create(
            name="ledger.books_balance", outcome="broken", started_at=system_time(),
            duration_ms=1, count=3,
        )  # fmt: skip
        numbers = parsed(exposition(system_time()).decode())

        names = {name for name, _ in numbers}
        silent = {"comptroller_heartbeat_age_seconds"}
        assert {gauge.name for gauge in registered_gauges()} - silent <= names
        assert total(numbers, "gauges_failed") == 0
        for check in registered_health_checks():
            assert ("comptroller_healthy", (("check", check),)) in numbers
        for queue in QUEUES:
            assert ("comptroller_queue_messages", (("queue", queue),)) in numbers
        assert total(numbers, "invariant_violations", check="ledger.books_balance") == 3

    def test_survive_a_broker_that_is_gone(self, settings: Any) -> None:
        settings.REDIS_URL = "redis://127.0.0.1:1/0"
        numbers = parsed(exposition(system_time()).decode())

        assert total(numbers, "gauges_failed") == 1
        assert total(numbers, "healthy", check="broker") == 0
        assert total(numbers, "healthy", check="database") == 1

    def test_cost_the_same_whatever_there_is(self, django_assert_max_num_queries: Any) -> None:
        with django_assert_max_num_queries(60):
            exposition(system_time())


@pytest.fixture
def valkey() -> Iterator[OwnValkey]:
    with own_valkey() as server:
        yield server


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(300)
def test_processes_are_added_up_and_the_dead_are_not_forgotten(
    valkey: OwnValkey, tmp_path: Path
) -> None:
    folder = tmp_path / "metrics"
    asked = {"METRICS_DIR": str(folder)}
    with (
        web(valkey.url, log=tmp_path / "web.log", WEB_WORKERS="2", **asked) as url,
        worker(valkey.url, log=tmp_path / "worker.log", **asked),
        httpx.Client(base_url=url) as http,
    ):

        def numbers() -> Numbers:
            answer = http.get("/metrics")
            assert answer.status_code == 200
            return parsed(answer.text)

        for number in range(40):
            # A connection each, so that both workers answer some.
            httpx.get(f"{url}/v1/products/0199d3f1-9c7a-7d2e-9f9b-{number:012}")
            httpx.get(f"{url}/nowhere/{number}")
        enqueue("core.prune_runs")
        eventually(lambda: total(numbers(), "tasks_total", task="core.prune_runs") == 1)

        found = numbers()
        route = "v1/products/<uuid:id>"
        assert total(found, "http_requests_total", status="401") == 40
        assert total(found, "http_request_seconds_count", route="unmatched") == 40
        assert total(found, "tasks_total", task="core.prune_runs", outcome="success") == 1
        assert total(found, "task_seconds_count", task="core.prune_runs") == 1
        routes = {dict(labels)["route"] for name, labels in found if "http_request" in name}
        assert len(routes) == 2, routes
        assert not [one for one in routes if re.search(r"\d{4}", one)], route

        # The workers are replaced: what they had counted stays, their files do not.
        counted = {int(path.stem.split("_")[1]) for path in folder.glob("counter_*.db")}
        gone = {pid for pid in counted if is_web_worker(pid)}
        assert gone
        for pid in gone:
            os.kill(pid, signal.SIGTERM)
        eventually(lambda: not any(map(is_web_worker, gone)))
        eventually(lambda: answers(http))
        assert total(numbers(), "http_requests_total", status="401") == 40
        assert not [pid for pid in gone if (folder / f"counter_{pid}.db").exists()]


def is_web_worker(pid: int) -> bool:
    try:
        return b"gunicorn" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def answers(http: httpx.Client) -> bool:
    try:
        return http.get("/healthz/live").status_code == 200
    except httpx.HTTPError:
        return False


def test_nothing_is_loaded_before_something_is_counted() -> None:
    code = (
        "import sys, django; django.setup(); import config.urls\n"
        "assert 'prometheus_client' not in sys.modules"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"}
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, env=environment)
    assert os.environ["PROMETHEUS_MULTIPROC_DIR"] == settings.METRICS_DIR
