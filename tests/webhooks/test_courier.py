"""Deliveries to a real receiver: in order, again, until they arrive or are given up."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from standardwebhooks import Webhook

from apps.accounts.models import User
from apps.core.clock import pinned
from apps.core.jobs import keep_jobs
from apps.events.models import Delivery, Event
from apps.notifications.models import Mail
from apps.organizations.models import Membership, Organization
from apps.webhooks.courier import serve
from apps.webhooks.mails import tell_members
from apps.webhooks.models import WebhookDelivery, WebhookEndpoint, WebhookEvent
from apps.webhooks.operations import (
    claim_endpoint,
    disable_endpoint,
    enable_endpoint,
    redeliver_event,
    redeliver_events,
    release_endpoint,
)
from apps.webhooks.operations.redelivering import Selection
from apps.webhooks.schedule import MAX_ATTEMPTS, PATIENCE
from apps.webhooks.secrets import secret_of
from apps.webhooks.selectors import endpoints_to_serve
from tests.support.receivers import Receiver
from tests.webhooks.conftest import NOW, ORIGIN, MakeBuyer, MakeEndpoint

pytestmark = pytest.mark.django_db


@contextmanager
def later(**ahead: float) -> Iterator[datetime]:
    moment = NOW + timedelta(**ahead)
    with pinned(moment):
        yield moment


def fresh(endpoint: WebhookEndpoint) -> WebhookEndpoint:
    return WebhookEndpoint.objects.get(pk=endpoint.pk)


def statuses(endpoint: WebhookEndpoint) -> list[str]:
    rows = WebhookEvent.objects.filter(endpoint=endpoint).order_by("position")
    return list(rows.values_list("status", flat=True))


def serve_until_quiet(endpoint: WebhookEndpoint) -> datetime:
    """Live through all pauses; when it was over."""
    at = NOW
    for _ in range(500):
        with pinned(at):
            serve(endpoint.pk)
        waiting = WebhookEvent.objects.filter(endpoint=endpoint, status="pending").exists()
        if not waiting:
            return at
        at = max(fresh(endpoint).next_attempt_at or at, at)
    raise AssertionError("It never came to an end.")


@pytest.mark.usefixtures("at_noon")
class TestServe:
    def test_delivers_in_order_and_numbers_without_gaps(
        self, make_endpoint: MakeEndpoint, make_buyer: MakeBuyer, receiver: Receiver
    ) -> None:
        endpoint = make_endpoint()
        for number in range(5):
            make_buyer(f"b{number}@example.com")

        assert serve(endpoint.pk) == 5

        assert receiver.sequences == [1, 2, 3, 4, 5]
        emails = [json.loads(request.body)["data"]["email"] for request in receiver.requests]
        assert emails == [f"b{number}@example.com" for number in range(5)]
        assert statuses(endpoint) == ["delivered"] * 5
        assert fresh(endpoint).claim is None

    def test_signs_so_that_the_library_can_verify(
        self, make_endpoint: MakeEndpoint, make_buyer: MakeBuyer, receiver: Receiver
    ) -> None:
        endpoint = make_endpoint()
        make_buyer("a@example.com")
        with pinned(datetime.now(tz=NOW.tzinfo)):
            serve(endpoint.pk)

        request = receiver.requests[0]
        told = Webhook(secret_of(endpoint)).verify(request.body, request.headers)

        assert told["type"] == "customer.created"
        assert request.headers["webhook-id"] == str(WebhookEvent.objects.get().pk)

    def test_keeps_what_was_sent_and_answered(
        self, make_endpoint: MakeEndpoint, make_buyer: MakeBuyer, receiver: Receiver
    ) -> None:
        receiver.answer(201, b"thanks\0" + b"!" * 5000)
        endpoint = make_endpoint()
        make_buyer("a@example.com")

        serve(endpoint.pk)

        delivery = WebhookDelivery.objects.get()
        assert delivery.is_success
        assert delivery.http_code == 201
        assert delivery.response is not None
        assert delivery.response.startswith("thanks!!")
        assert len(delivery.response) == 2048
        assert delivery.request_headers == {
            name: receiver.requests[0].headers[name] for name in delivery.request_headers
        }

    def test_tries_no_more_after_a_success(
        self, make_endpoint: MakeEndpoint, make_buyer: MakeBuyer, receiver: Receiver
    ) -> None:
        endpoint = make_endpoint()
        make_buyer("a@example.com")
        serve(endpoint.pk)

        assert serve(endpoint.pk) == 0
        assert len(receiver.requests) == 1

    @pytest.mark.parametrize("code", [301, 302, 307, 404, 429, 500])
    def test_takes_only_2xx_for_success(
        self, make_endpoint: MakeEndpoint, make_buyer: MakeBuyer, receiver: Receiver, code: int
    ) -> None:
        receiver.answer(code)
        endpoint = make_endpoint()
        make_buyer("a@example.com")

        serve(endpoint.pk)

        assert [request.path for request in receiver.requests] == ["/hook"]
        assert statuses(endpoint) == ["pending"]
        assert fresh(endpoint).next_attempt_at > NOW

    def test_lets_what_comes_later_wait_for_what_failed(
        self, make_endpoint: MakeEndpoint, make_buyer: MakeBuyer, receiver: Receiver
    ) -> None:
        endpoint = make_endpoint()
        make_buyer("a@example.com")
        make_buyer("b@example.com")
        receiver.answer(500)
        serve(endpoint.pk)
        serve(endpoint.pk)
        assert receiver.sequences == [1]

        receiver.answer(200)
        with later(seconds=10):
            serve(endpoint.pk)

        assert receiver.sequences == [1, 1, 2]
        assert fresh(endpoint).failure_count == 0

    def test_does_nothing_while_somebody_else_serves(
        self, make_endpoint: MakeEndpoint, make_buyer: MakeBuyer, receiver: Receiver
    ) -> None:
        endpoint = make_endpoint()
        make_buyer("a@example.com")
        claimed = claim_endpoint(endpoint_id=endpoint.pk, claim=None, origin=ORIGIN)
        assert claimed is not None
        assert serve(endpoint.pk) == 0

        release_endpoint(endpoint_id=endpoint.pk, claim=claimed.claim)
        assert serve(endpoint.pk) == 1

    def test_takes_over_when_a_claim_has_run_out(
        self, make_endpoint: MakeEndpoint, make_buyer: MakeBuyer
    ) -> None:
        endpoint = make_endpoint()
        make_buyer("a@example.com")
        claim_endpoint(endpoint_id=endpoint.pk, claim=None, origin=ORIGIN)

        with later(minutes=3) as at:
            assert list(endpoints_to_serve(at, 10)) == [endpoint.pk]
            assert serve(endpoint.pk) == 1

    def test_comes_back_for_what_was_committed_while_it_left(
        self, make_endpoint: MakeEndpoint, make_buyer: MakeBuyer, receiver: Receiver
    ) -> None:
        endpoint = make_endpoint()
        make_buyer("a@example.com")
        receiver.answer(500)
        with keep_jobs():
            serve(endpoint.pk)
        assert list(endpoints_to_serve(NOW, 10)) == []
        with later(seconds=10) as at:
            assert list(endpoints_to_serve(at, 10)) == [endpoint.pk]

    def test_notes_what_went_wrong_where_nobody_answers(
        self, make_endpoint: MakeEndpoint, make_buyer: MakeBuyer
    ) -> None:
        endpoint = make_endpoint(url="http://127.0.0.1:1/")
        make_buyer("a@example.com")

        serve(endpoint.pk)

        delivery = WebhookDelivery.objects.get()
        assert delivery.http_code is None
        assert "connection" in (delivery.response or "")


@pytest.mark.usefixtures("at_noon")
class TestGivingUp:
    def test_is_after_ten_tries_in_three_days(
        self, make_endpoint: MakeEndpoint, make_buyer: MakeBuyer, receiver: Receiver
    ) -> None:
        receiver.answer(500)
        endpoint = make_endpoint()
        make_buyer("a@example.com")

        over = serve_until_quiet(endpoint)

        assert len(receiver.requests) == MAX_ATTEMPTS
        assert statuses(endpoint) == ["failed"]
        assert PATIENCE <= over - NOW <= PATIENCE * 1.2
        assert len({request.headers["webhook-id"] for request in receiver.requests}) == 1

    def test_of_ten_in_a_row_disables_and_skips_the_rest(
        self, make_endpoint: MakeEndpoint, make_buyer: MakeBuyer, receiver: Receiver
    ) -> None:
        receiver.answer(500)
        endpoint = make_endpoint()
        for number in range(13):
            make_buyer(f"b{number}@example.com")

        serve_until_quiet(endpoint)

        assert statuses(endpoint) == ["failed"] * 10 + ["skipped"] * 3
        assert (fresh(endpoint).is_enabled, fresh(endpoint).disabled_reason) == (False, "failing")
        # The first was tried ten times; the others had waited as long by then.
        assert len(receiver.requests) == MAX_ATTEMPTS + 9

    def test_is_at_once_where_the_receiver_is_gone(
        self, make_endpoint: MakeEndpoint, make_buyer: MakeBuyer, receiver: Receiver
    ) -> None:
        receiver.answer(410)
        endpoint = make_endpoint()
        make_buyer("a@example.com")
        make_buyer("b@example.com")

        serve(endpoint.pk)

        assert statuses(endpoint) == ["failed", "skipped"]
        assert fresh(endpoint).disabled_reason == "gone"

    def test_is_written_to_every_member(
        self,
        organization: Organization,
        make_endpoint: MakeEndpoint,
        make_buyer: MakeBuyer,
        receiver: Receiver,
    ) -> None:
        for role in ("owner", "member"):
            user = User.objects.create_user(f"{role}@example.com")
            Membership.objects.create(
                organization=organization, user=user, role=role, created_at=NOW
            )
        receiver.answer(410)
        endpoint = make_endpoint()
        make_buyer("a@example.com")
        serve(endpoint.pk)

        event = Event.objects.get(type="webhook_endpoint.disabled")
        tell_members(event, ORIGIN)
        tell_members(event, ORIGIN)

        mails = Mail.objects.order_by("recipient")
        assert [mail.recipient for mail in mails] == ["member@example.com", "owner@example.com"]
        assert "(410)" in mails[0].text
        assert endpoint.url in mails[0].text
        assert list(Delivery.objects.filter(event=event).values_list("handler", flat=True)) == [
            "webhooks.mail_disabled"
        ]

    def test_loses_nothing_of_a_day_without_an_answer(
        self, make_endpoint: MakeEndpoint, make_buyer: MakeBuyer, receiver: Receiver
    ) -> None:
        endpoint = make_endpoint()
        receiver.answer(503)
        at = NOW
        for hour in range(24):
            make_buyer(f"b{hour}@example.com")
            at = NOW + timedelta(hours=hour)
            with pinned(at):
                serve(endpoint.pk)
        failed = len(receiver.requests)
        receiver.answer(200)
        with pinned(at + timedelta(days=1)):
            serve(endpoint.pk)

        assert receiver.sequences[failed:] == list(range(1, 25))
        assert set(statuses(endpoint)) == {"delivered"}


@pytest.mark.usefixtures("at_noon")
class TestDisabled:
    def test_gets_nothing_but_can_have_it_later(
        self, make_endpoint: MakeEndpoint, make_buyer: MakeBuyer, receiver: Receiver
    ) -> None:
        endpoint = make_endpoint()
        make_buyer("waits@example.com")
        disable_endpoint(endpoint_id=endpoint.pk, origin=ORIGIN)
        make_buyer("missed@example.com")
        assert serve(endpoint.pk) == 0
        assert statuses(endpoint) == ["skipped", "skipped"]

        enable_endpoint(endpoint_id=endpoint.pk, origin=ORIGIN)
        count = redeliver_events(endpoint_id=endpoint.pk, selection=Selection(), origin=ORIGIN)
        serve(endpoint.pk)

        assert count == 2
        assert receiver.sequences == [1, 2]


@pytest.mark.usefixtures("at_noon")
class TestRedelivery:
    def test_of_one_sends_the_same_again(
        self, make_endpoint: MakeEndpoint, make_buyer: MakeBuyer, receiver: Receiver
    ) -> None:
        endpoint = make_endpoint()
        make_buyer("a@example.com")
        serve(endpoint.pk)
        redeliver_event(event_id=WebhookEvent.objects.get().pk, origin=ORIGIN)

        serve(endpoint.pk)

        first, second = receiver.requests
        assert first.body == second.body
        assert first.headers["webhook-id"] == second.headers["webhook-id"]
        assert WebhookDelivery.objects.count() == 2

    def test_does_not_wait_for_a_pause(
        self, make_endpoint: MakeEndpoint, make_buyer: MakeBuyer, receiver: Receiver
    ) -> None:
        endpoint = make_endpoint()
        make_buyer("a@example.com")
        receiver.answer(500)
        serve(endpoint.pk)
        receiver.answer(200)
        redeliver_event(event_id=WebhookEvent.objects.get().pk, origin=ORIGIN)

        assert serve(endpoint.pk) == 1
        assert statuses(endpoint) == ["delivered"]

    def test_of_a_range_takes_only_what_is_in_it(
        self, make_endpoint: MakeEndpoint, make_buyer: MakeBuyer, receiver: Receiver
    ) -> None:
        endpoint = make_endpoint()
        for number in range(4):
            make_buyer(f"b{number}@example.com")
        serve(endpoint.pk)
        old = WebhookEvent.objects.order_by("sequence").first()
        WebhookEvent.objects.filter(pk=old.pk).update(created_at=NOW - timedelta(days=1))

        selection = Selection(since=NOW - timedelta(hours=1), types=("customer.created",))
        assert redeliver_events(endpoint_id=endpoint.pk, selection=selection, origin=ORIGIN) == 3
        serve(endpoint.pk)
        assert receiver.sequences == [1, 2, 3, 4, 2, 3, 4]

        others = Selection(types=("order.paid",))
        assert redeliver_events(endpoint_id=endpoint.pk, selection=others, origin=ORIGIN) == 0
