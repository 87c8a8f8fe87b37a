"""`/healthz`: each line tells what is wrong, and costs the same whatever has piled up."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

from apps.core.clock import system_time
from apps.core.health import registered_health_checks
from apps.core.ids import new_id
from apps.core.models import PeriodicRun
from apps.core.origin import Door, system_origin
from apps.customers.inputs import CustomerInput
from apps.customers.operations import create_customer
from apps.events.models import Delivery, Event
from apps.organizations.models import Organization
from apps.webhooks.models import WebhookEndpoint, WebhookEvent
from apps.webhooks.operations import EndpointInput, create_endpoint
from tests.support.merchants import make_organization

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def health(path: str = "/healthz") -> tuple[int, dict[str, str]]:
    answer = Client().get(path)
    assert answer["Cache-Control"] == "no-store"
    lines = answer.content.decode().splitlines()
    body = answer.json()
    assert len(lines) == len(body) + 2, "one line for each check"
    return answer.status_code, body


def beat_at(at: datetime) -> None:
    """A worker that took up the most frequent job then."""
    PeriodicRun.objects.create(name="events.sweep", slot=at.isoformat(), started_at=at)


def key_made(at: datetime) -> Any:
    """A key as of another moment."""
    tail = new_id().int & (1 << 80) - 1
    return type(new_id())(int=(int(at.timestamp() * 1000) << 80) | tail)


def owe(at: datetime, **facts: Any) -> Delivery:
    event = Event.objects.create(
        type="probe", subject_type="x", subject_id="1", actor="system", door="task", at=at
    )
    return Delivery.objects.create(
        id=key_made(at), event=event, handler=f"probe {at}", next_attempt_at=at, **facts
    )


@pytest.fixture
def beating() -> None:
    beat_at(system_time())


@pytest.mark.usefixtures("beating")
class TestHealthz:
    def test_has_a_line_for_each_check(self) -> None:
        status, body = health()

        assert status == 200
        assert set(body) == {"status", *registered_health_checks()}
        assert set(body.values()) == {"ok"}

    def test_says_that_the_scheduler_stands_still(self) -> None:
        PeriodicRun.objects.all().delete()
        assert health()[1]["scheduler"] == "unavailable: no job has run yet"

        beat_at(system_time() - 5 * MINUTE)
        status, body = health()
        assert (status, body["status"]) == (503, "unavailable")
        assert body["scheduler"].startswith("unavailable: a job ran 30")
        assert body["outbox"] == "ok"

    def test_says_that_the_outbox_waits(self) -> None:
        now = system_time()
        owe(now - 4 * MINUTE)
        assert health()[0] == 200

        owe(now - 10 * MINUTE)
        assert health()[1]["outbox"].startswith("unavailable: one has waited for 60")

    def test_leaves_failing_deliveries_to_their_list(self) -> None:
        now = system_time()
        owe(now - 10 * MINUTE, attempt_count=3)
        owe(now - 20 * MINUTE, given_up_at=now)
        owe(now - 30 * MINUTE, done_at=now)

        assert health()[1]["outbox"] == "ok"

    def test_says_that_the_broker_is_gone(self, settings: Any) -> None:
        settings.REDIS_URL = "redis://127.0.0.1:1/0"
        status, body = health()

        assert status == 503
        assert body["broker"] == "unavailable: no answer (ConnectionError)"
        assert "127.0.0.1" not in str(body)

    def test_says_that_the_database_is_gone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*args: Any) -> None:
            raise OperationalError("password of postgres at 10.0.0.1")

        monkeypatch.setattr(connection, "cursor", refuse)
        status, body = health()

        assert status == 503
        assert body["database"] == "unavailable: no answer (OperationalError)"
        assert body["outbox"] == "unavailable: unknown"
        assert body["broker"] == "ok"

    def test_is_constant(self, django_assert_num_queries: Any) -> None:
        for number in range(30):
            owe(system_time() - number * timedelta(seconds=1))
        with django_assert_num_queries(12):
            # Four checks, each in a savepoint of its own.
            health()


@pytest.mark.usefixtures("beating")
class TestWebhooks:
    @pytest.fixture
    def organization(self) -> Organization:
        return make_organization()

    @pytest.fixture
    def endpoint(self, organization: Organization) -> WebhookEndpoint:
        data = EndpointInput(url="http://127.0.0.1:9/hook", events=["customer.created"])
        origin = system_origin(Door.TASK)
        made = create_endpoint(organization=organization, data=data, origin=origin)
        buyer = CustomerInput(email="buyer@example.com")
        create_customer(organization=organization, data=buyer, origin=origin)
        made.refresh_from_db()
        return made

    def wait_since(self, at: datetime) -> None:
        """What waits was written then."""
        row = WebhookEvent.objects.get()
        WebhookEvent.objects.filter(pk=row.pk).update(id=key_made(at))

    def test_are_late_when_nobody_serves_an_endpoint_that_is_due(
        self, endpoint: WebhookEndpoint
    ) -> None:
        assert health()[1]["webhooks"] == "ok"

        self.wait_since(system_time() - 10 * MINUTE)
        assert "1 endpoints wait, one for 60" in health()[1]["webhooks"]

    def test_are_not_late_for_a_receiver_that_is_down(self, endpoint: WebhookEndpoint) -> None:
        now = system_time()
        self.wait_since(now - 600 * MINUTE)
        WebhookEndpoint.objects.update(next_attempt_at=now + MINUTE, failure_count=7)
        assert health()[1]["webhooks"] == "ok"

        WebhookEndpoint.objects.update(next_attempt_at=now - MINUTE)
        assert health()[1]["webhooks"] == "ok"


def test_ready_asks_only_for_what_a_web_process_needs() -> None:
    assert health("/healthz/ready") == (
        200,
        {"status": "ok", "database": "ok", "broker": "ok"},
    )


def test_live_asks_nobody(django_assert_num_queries: Any, settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    with django_assert_num_queries(0):
        assert health("/healthz/live") == (200, {"status": "ok"})
