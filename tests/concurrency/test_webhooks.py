"""Couriers at once, changes that commit out of order, and merchants whose servers hang."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.db import connection, transaction

from apps.core.origin import Door, system_origin
from apps.customers.inputs import CustomerInput
from apps.customers.operations import create_customer
from apps.organizations.models import Organization
from apps.webhooks.courier import serve
from apps.webhooks.models import WebhookDelivery, WebhookEndpoint, WebhookEvent
from apps.webhooks.operations import EndpointInput, create_endpoint, redeliver_event
from tests.support.brokers import own_valkey
from tests.support.merchants import make_organization
from tests.support.receivers import Receiver, receiving
from tests.support.threads import together
from tests.support.workers import eventually, worker

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as running:
        yield running


def listen(organization: Organization, receiver: Receiver) -> WebhookEndpoint:
    data = EndpointInput(url=receiver.url, events=["customer.created"])
    return create_endpoint(organization=organization, data=data, origin=system_origin(Door.COMMAND))


def change(organization: Organization, name: str) -> None:
    """Something to tell."""
    data = CustomerInput(email=f"{name}@example.com")
    create_customer(organization=organization, data=data, origin=system_origin(Door.COMMAND))


class TestCouriersAtOnce:
    def test_deliver_each_event_once_and_in_order(self, receiver: Receiver) -> None:
        organization = make_organization()
        endpoint = listen(organization, receiver)
        for number in range(30):
            change(organization, f"b{number}")

        counts = together(*[lambda: serve(endpoint.pk) for _ in range(6)])

        assert sum(counts) == 30
        assert receiver.sequences == list(range(1, 31))
        assert WebhookDelivery.objects.count() == 30

    def test_keep_the_order_while_changes_go_on(self, receiver: Receiver) -> None:
        organization = make_organization()
        endpoint = listen(organization, receiver)
        is_over = threading.Event()

        def carry() -> None:
            while not is_over.is_set():
                serve(endpoint.pk)

        def change_often(name: str) -> None:
            for number in range(10):
                change(organization, f"{name}{number}")

        def write() -> None:
            together(*[lambda name=name: change_often(name) for name in ("a", "b", "c")])
            is_over.set()

        together(carry, carry, write)
        serve(endpoint.pk)

        assert receiver.sequences == list(range(1, 31))

    def test_and_a_second_request_send_an_event_again_once(self, receiver: Receiver) -> None:
        organization = make_organization()
        endpoint = listen(organization, receiver)
        change(organization, "a")
        serve(endpoint.pk)
        event = WebhookEvent.objects.get()
        origin = system_origin(Door.API)

        together(*[lambda: redeliver_event(event_id=event.pk, origin=origin) for _ in range(4)])
        serve(endpoint.pk)

        assert len(receiver.requests) == 2


class TestCommitsOutOfOrder:
    def test_leave_no_gap_and_are_told_as_they_commit(self, receiver: Receiver) -> None:
        organization = make_organization()
        endpoint = listen(organization, receiver)
        is_written, may_commit = threading.Event(), threading.Event()

        def slow() -> None:
            with transaction.atomic():
                change(organization, "slow")
                is_written.set()
                assert may_commit.wait(20)

        def fast() -> None:
            assert is_written.wait(20)
            change(organization, "fast")
            serve(endpoint.pk)
            may_commit.set()

        assert together(slow, fast) == [None, None]
        serve(endpoint.pk)

        assert receiver.sequences == [1, 2]
        assert ["fast" in request.body for request in receiver.requests] == [True, False]

    def test_what_is_rolled_back_is_never_told(self, receiver: Receiver) -> None:
        organization = make_organization()
        endpoint = listen(organization, receiver)
        with pytest.raises(RuntimeError), transaction.atomic():
            change(organization, "undone")
            raise RuntimeError
        change(organization, "done")

        serve(endpoint.pk)

        assert receiver.sequences == [1]
        assert "undone" not in receiver.requests[0].body


class TestWorkers:
    def test_let_nobody_wait_for_a_server_that_hangs(self, tmp_path: Path) -> None:
        log = tmp_path / "worker.log"
        with ExitStack() as stack:
            valkey = stack.enter_context(own_valkey())
            hanging, healthy = (stack.enter_context(receiving()) for _ in range(2))
            hanging.delay = 12
            slow, quick = make_organization("Slow"), make_organization("Quick")
            listen(slow, hanging)
            listen(quick, healthy)
            stack.enter_context(worker(valkey.url, log=log, pool="threads"))
            change(slow, "first")
            eventually(lambda: len(hanging.requests) == 1, what=log.read_text)

            began = time.monotonic()
            for number in range(5):
                change(quick, f"b{number}")
            eventually(lambda: len(healthy.requests) == 5, what=log.read_text)
            took = time.monotonic() - began

            # The other one is still hanging: nothing was noted of it.
            assert took < 10
            assert not WebhookDelivery.objects.filter(organization=slow).exists()
            assert healthy.sequences == [1, 2, 3, 4, 5]

    def test_deliver_what_is_committed(self, receiver: Receiver, tmp_path: Path) -> None:
        log = tmp_path / "worker.log"
        organization = make_organization()
        endpoint = listen(organization, receiver)
        with own_valkey() as valkey, worker(valkey.url, log=log, pool="threads"):
            for number in range(20):
                change(organization, f"b{number}")
            eventually(lambda: len(receiver.requests) == 20, what=log.read_text)
            eventually(_is_free(endpoint))
        assert receiver.sequences == list(range(1, 21))


def _is_free(endpoint: WebhookEndpoint) -> Callable[[], bool]:
    def look() -> bool:
        connection.ensure_connection()
        return WebhookEndpoint.objects.filter(pk=endpoint.pk, claim=None).exists()

    return look
