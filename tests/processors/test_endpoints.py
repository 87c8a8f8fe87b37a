"""Registering our endpoint with the provider, and events that really arrive there."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django.live_server_helper import LiveServer

from apps.core.origin import Door, system_origin
from apps.processors import gateway
from apps.processors.models import InboundEvent, ProviderEndpoint
from apps.processors.operations import ensure_webhook_endpoint
from tests.support.brokers import OwnValkey, own_valkey
from tests.support.stripesim import StripeSim, free_port, stripesim
from tests.support.workers import eventually

__all__ = ["stripesim"]

URL = "http://127.0.0.1:1/webhooks/stripe"


@pytest.fixture
def sim(stripesim: StripeSim, settings: Any) -> Iterator[StripeSim]:
    for base in ("API", "FILES", "CONNECT", "METER_EVENTS"):
        setattr(settings, f"STRIPE_{base}_BASE", stripesim.url)
    settings.STRIPE_SECRET_KEY = stripesim.secret_key
    settings.STRIPE_WEBHOOK_SECRET = ""
    yield stripesim
    for endpoint in gateway.read_webhook_endpoints():
        gateway.delete_webhook_endpoint(endpoint.id)


def ensure(url: str = URL) -> ProviderEndpoint | None:
    return ensure_webhook_endpoint(url=url, origin=system_origin(Door.COMMAND))


def urls() -> list[str]:
    return [endpoint.url for endpoint in gateway.read_webhook_endpoints()]


@pytest.mark.django_db
class TestEnsureWebhookEndpoint:
    def test_makes_one_and_keeps_its_secret(self, sim: StripeSim) -> None:
        endpoint = ensure()
        assert endpoint is not None
        assert endpoint.secret.startswith("whsec_")
        assert urls() == [URL]

    def test_changes_nothing_the_second_time(self, sim: StripeSim) -> None:
        assert ensure() == ensure()
        assert urls() == [URL]
        assert ProviderEndpoint.objects.count() == 1

    def test_makes_a_new_one_when_the_provider_has_lost_it(self, sim: StripeSim) -> None:
        first = ensure()
        assert first is not None
        gateway.delete_webhook_endpoint(first.external_id)
        second = ensure()
        assert second is not None and second.secret != first.secret
        first.refresh_from_db()
        assert first.retired_at is not None
        assert urls() == [URL]

    def test_replaces_one_whose_secret_nobody_knows(self, sim: StripeSim) -> None:
        gateway.create_webhook_endpoint(key="foreign-1", url=URL, enabled_events=["*"])
        endpoint = ensure()
        assert endpoint is not None
        assert [found.id for found in gateway.read_webhook_endpoints()] == [endpoint.external_id]

    def test_leaves_one_made_by_hand_whose_secret_is_configured(
        self, sim: StripeSim, settings: Any
    ) -> None:
        gateway.create_webhook_endpoint(key="foreign-2", url=URL, enabled_events=["*"])
        settings.STRIPE_WEBHOOK_SECRET = "whsec_configured"
        assert ensure() is None
        assert not ProviderEndpoint.objects.exists()

    def test_fetches_an_answer_that_was_lost(self, sim: StripeSim) -> None:
        made = ensure()
        assert made is not None
        # As after a crash between the provider's commit and ours.
        ProviderEndpoint.objects.update(external_id="", secret="")
        again = ensure()
        assert again is not None
        assert (again.pk, again.external_id, again.secret) == (
            made.pk,
            made.external_id,
            made.secret,
        )
        assert urls() == [URL]


@pytest.mark.django_db
class TestTheCommand:
    def test_says_where_the_events_go(self, sim: StripeSim) -> None:
        output = StringIO()
        call_command("register_webhooks", url=URL, stdout=output)
        assert output.getvalue() == f"Provider events go to {URL}\n"

    def test_fails_with_one_line_when_nobody_answers(self, sim: StripeSim, settings: Any) -> None:
        answering = settings.STRIPE_API_BASE
        settings.STRIPE_API_BASE = f"http://127.0.0.1:{free_port()}"
        with pytest.raises(CommandError, match="does not answer"):
            call_command("register_webhooks", url=URL)
        settings.STRIPE_API_BASE = answering


@pytest.fixture
def valkey() -> Iterator[OwnValkey]:
    with own_valkey() as server:
        yield server


@pytest.mark.django_db(transaction=True)
def test_events_of_the_provider_arrive_signed(
    sim: StripeSim, live_server: LiveServer, valkey: OwnValkey
) -> None:
    ensure(f"{live_server.url}/webhooks/stripe")
    customer = gateway.create_customer(key="arrives-1", email="ada@example.com", name="Ada")
    eventually(
        lambda: InboundEvent.objects.filter(type="customer.created", object_id=customer).exists()
    )


@pytest.mark.django_db(transaction=True)
def test_accounts_of_merchants_have_an_endpoint_of_their_own(
    sim: StripeSim, live_server: LiveServer, valkey: OwnValkey
) -> None:
    url = f"{live_server.url}/webhooks/stripe"
    call_command("register_webhooks", url=url, stdout=StringIO())
    account = sim.control("accounts", {})["id"]
    eventually(lambda: InboundEvent.objects.filter(account=account).exists())
    assert {row.url for row in ProviderEndpoint.objects.all()} == {url, f"{url}/connect"}
