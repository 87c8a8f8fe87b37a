"""
How fast events reach merchants: one receiver, several at once, and one beside one that hangs.

`python -m tests.bench.webhooks` measures this alone, in a database of its own.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, Final

from tests.bench import database, report

EVENTS: Final = int(os.environ.get("BENCH_EVENTS", "2000"))
RECEIVERS: Final = 8
HANGS_SECONDS: Final = 9.0


def measure(url: str, seconds: int) -> list[report.Row]:
    """The rows of the table; everything it makes is in the bench's own database."""
    from tests.support.receivers import receiving

    writes = database.writes_per_second(url, seconds)
    with ExitStack() as stack:
        receivers = [stack.enter_context(receiving()) for _ in range(RECEIVERS + 2)]
        alone = _served([_endpoint(receivers[0].url, EVENTS)], EVENTS)
        share = EVENTS // RECEIVERS
        endpoints = [_endpoint(one.url, share) for one in receivers[1 : RECEIVERS + 1]]
        together = _served(endpoints, share * RECEIVERS)
        receivers[-1].delay = HANGS_SECONDS
        delay = _beside_a_hanging_one(receivers[-1].url, receivers[0].url)
    several = together / writes
    return [
        report.Row("pgbench TPC-B", database.CLIENTS, writes, "tx/s", None, None, None),
        report.Row("webhooks to one receiver", None, alone, "1/s", None, alone / writes, None),
        report.Row(
            f"webhooks to {RECEIVERS} receivers",
            None,
            together,
            "1/s",
            None,
            several,
            None,
        ),
        report.Row("webhook beside a receiver that hangs", None, delay, "s", None, None, 1.0),
    ]


def _endpoint(url: str, count: int) -> Any:
    """An endpoint of a merchant of its own, and `count` events that wait for it."""
    from apps.core.origin import Door, system_origin
    from apps.webhooks.models import WebhookEvent
    from apps.webhooks.operations import EndpointInput, create_endpoint
    from tests.support.merchants import make_organization

    origin = system_origin(Door.COMMAND)
    data = EndpointInput(url=url, events=["order.paid"])
    endpoint = create_endpoint(organization=make_organization("Told"), data=data, origin=origin)
    payload = '{"type":"order.paid","data":{"filler":"' + "x" * 3000 + '"}}'
    WebhookEvent.objects.bulk_create(
        WebhookEvent(
            organization_id=endpoint.organization_id,
            endpoint=endpoint,
            created_at=origin.at,
            type="order.paid",
            subject_type="order",
            subject_id=str(number),
            api_version=endpoint.api_version,
            payload=payload,
        )
        for number in range(count)
    )
    return endpoint


def _served(endpoints: Sequence[Any], count: int) -> float:
    """Events a second, each endpoint in a thread of its own."""
    from apps.webhooks.models import WebhookDelivery

    begun = time.perf_counter()
    _in_threads([endpoint.pk for endpoint in endpoints])
    took = time.perf_counter() - begun
    found = WebhookDelivery.objects.filter(endpoint__in=endpoints, is_success=True).count()
    if found != count:
        raise SystemExit(f"{found} of {count} events were delivered.")
    return count / took


def _in_threads(keys: Sequence[Any]) -> None:
    from django.db import connections

    from apps.webhooks.courier import serve

    def carry(key: Any) -> None:
        try:
            # A turn ends after a while, for the sake of others.
            while serve(key):
                pass
        finally:
            connections.close_all()

    threads = [threading.Thread(target=carry, args=(key,)) for key in keys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _beside_a_hanging_one(hanging_url: str, healthy_url: str) -> float:
    """How long an event takes while the server of another merchant gives no answer."""
    hanging, healthy = _endpoint(hanging_url, 1), _endpoint(healthy_url, 1)
    other = threading.Thread(target=_in_threads, args=([hanging.pk],), daemon=True)
    other.start()
    time.sleep(0.5)
    begun = time.perf_counter()
    _in_threads([healthy.pk])
    took = time.perf_counter() - begun
    other.join()
    return took


@contextmanager
def _own_database() -> Iterator[str]:
    from tests.bench.__main__ import _server

    with ExitStack() as stack:
        url = _server(stack)
        bench_url = database.create(url)
        stack.callback(database.drop, url)
        os.environ["DATABASE_URL"] = bench_url
        import django
        from django.core.management import call_command

        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        django.setup()
        call_command("migrate", interactive=False, verbosity=0)
        database.prepare_pgbench(bench_url)
        yield bench_url
        from django.db import connections

        connections.close_all()


if __name__ == "__main__":
    with _own_database() as bench:
        print("\n".join(report.lines(measure(bench, 4))))
