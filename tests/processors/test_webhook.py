"""POST /webhooks/stripe: only what is signed, kept once, answered at once."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
import stripe
from django.test import Client

from apps.core.clock import system_time
from apps.processors.models import InboundEvent, ProviderEndpoint
from apps.processors.selectors import webhook_secrets

SECRET = "whsec_configured"
URL = "/webhooks/stripe"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def secret(settings: Any) -> None:
    settings.STRIPE_WEBHOOK_SECRET = SECRET


def event(**changes: Any) -> str:
    charge = {"id": "ch_1", "object": "charge"}
    body = {
        "id": "evt_1",
        "object": "event",
        "type": "charge.succeeded",
        "data": {"object": charge},
    }
    return json.dumps({**body, **changes})


def post(
    body: str, *, secret: str = SECRET, at: int | None = None, header: str | None = None
) -> Any:
    if header is None:
        header = stripe.WebhookSignature.generate_signature_header(body, secret, at)
    return Client(enforce_csrf_checks=True).post(
        URL, body, content_type="application/json", headers={"Stripe-Signature": header}
    )


class TestASignedEvent:
    def test_is_kept_as_it_came(self) -> None:
        response = post(event(account="acct_1"))
        assert (response.status_code, response.json()) == (202, {"received": True, "new": True})
        kept = InboundEvent.objects.get()
        assert kept.payload == json.loads(event(account="acct_1"))
        assert (kept.external_id, kept.type) == ("evt_1", "charge.succeeded")
        assert (kept.object_id, kept.account) == ("ch_1", "acct_1")
        assert kept.status == InboundEvent.Status.RECEIVED

    def test_is_kept_once_however_often_it_comes(self) -> None:
        post(event())
        response = post(event())
        assert (response.status_code, response.json()["new"]) == (202, False)
        assert InboundEvent.objects.count() == 1

    def test_may_be_signed_by_an_endpoint_that_we_registered(self) -> None:
        ProviderEndpoint.objects.create(
            url="http://x/webhooks/stripe", secret="whsec_ours", created_at=system_time()
        )
        ProviderEndpoint.objects.create(
            url="http://x/webhooks/stripe",
            secret="whsec_retired",
            created_at=system_time(),
            retired_at=system_time(),
        )
        assert post(event(), secret="whsec_ours").status_code == 202
        assert post(event(id="evt_2"), secret="whsec_retired").status_code == 400

    def test_survives_a_nul_in_a_name(self) -> None:
        charge = {"id": "ch_1", "billing_details": {"name": "A\x00da"}}
        assert post(event(data={"object": charge})).status_code == 202
        kept = InboundEvent.objects.get().payload["data"]["object"]
        assert kept["billing_details"]["name"] == "A\ufffdda"


class TestAnythingElse:
    def test_is_refused_without_a_good_signature_and_leaves_no_trace(self) -> None:
        body = event()
        good = stripe.WebhookSignature.generate_signature_header(body, SECRET)
        late = int(time.time()) - 301
        answers = [
            post(body, secret="whsec_other"),
            post(body, at=late),
            post(body, header=""),
            post(body, header="t=x,v1=y"),
            post(body.replace("ch_1", "ch_2"), header=good),
        ]
        assert [answer.status_code for answer in answers] == [400] * 5
        assert answers[0].json()["error"] == "SignatureInvalid"
        assert not InboundEvent.objects.exists()

    def test_is_refused_when_no_secret_is_known(self, settings: Any) -> None:
        settings.STRIPE_WEBHOOK_SECRET = ""
        assert post(event(), secret="").status_code == 400

    @pytest.mark.parametrize("body", ["[]", "{}", "nothing", '{"id": "evt_1"}'])
    def test_is_refused_when_signed_but_no_event(self, body: str) -> None:
        assert post(body).status_code == 400
        assert not InboundEvent.objects.exists()

    def test_is_refused_by_method(self) -> None:
        assert Client().get(URL).status_code == 405

    @pytest.mark.parametrize(
        "changes",
        [
            {"id": "evt_" * 50},
            {"type": "x" * 300},
            {"account": "a" * 99},
            {"data": {"n": float("nan")}},
        ],
    )
    def test_is_refused_if_it_cannot_be_kept(self, changes: dict[str, Any]) -> None:
        assert post(event(**changes)).status_code == 400
        assert not InboundEvent.objects.exists()


def test_may_be_signed_with_the_secret_of_merchants_accounts(settings: Any) -> None:
    settings.STRIPE_WEBHOOK_SECRET, settings.STRIPE_CONNECT_WEBHOOK_SECRET = "whsec_1", "whsec_2"
    assert webhook_secrets()[:2] == ["whsec_1", "whsec_2"]
