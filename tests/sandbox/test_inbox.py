"""The inbox of a merchant who has no server of their own."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from apps.core.clock import system_time
from apps.core.origin import Door, system_origin
from apps.organizations.models import Organization
from apps.sandbox import inbox
from apps.webhooks.operations import EndpointInput, create_endpoint
from apps.webhooks.secrets import secret_of
from apps.webhooks.signing import headers
from tests.support.merchants import make_organization

BODY = '{"type":"order.paid","data":{"note":"<b>bold</b>"}}'

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization() -> Organization:
    return make_organization("Inbox")


def address(organization: Organization) -> str:
    return f"/sandbox/inbox/{organization.slug}"


def deliver(organization: Organization, secret: str, body: str = BODY) -> int:
    told = headers(
        secrets=[secret],
        is_standard=True,
        webhook_id="evt-1",
        sequence=7,
        at=system_time(),
        body=BODY,
    )
    del told["content-type"]
    answer = Client().post(
        address(organization), body, content_type="application/json", headers=told
    )
    return answer.status_code


def endpoint_secret(organization: Organization) -> str:
    data = EndpointInput(url=inbox.inbox_url(organization), events=["order.paid"])
    endpoint = create_endpoint(
        organization=organization, data=data, origin=system_origin(Door.COMMAND)
    )
    return secret_of(endpoint)


class TestInbox:
    def test_keeps_what_is_delivered_and_knows_its_signature(
        self, organization: Organization
    ) -> None:
        assert deliver(organization, endpoint_secret(organization)) == 202

        [message] = inbox.messages(organization)
        assert (message.type, message.webhook_id, message.sequence) == ("order.paid", "evt-1", "7")
        assert message.is_signed
        page = Client().get(address(organization)).content.decode()
        assert "signature holds" in page and "order.paid" in page
        assert "<b>bold" not in page

    def test_says_what_was_not_signed_by_the_merchant(self, organization: Organization) -> None:
        secret = endpoint_secret(organization)
        deliver(organization, secret, body=BODY + " ")
        deliver(organization, "whsec_" + "A" * 43 + "=")

        assert [one.is_signed for one in inbox.messages(organization)] == [False, False]
        assert "not signed by this merchant" in Client().get(address(organization)).content.decode()

    def test_takes_what_is_no_event(self, organization: Organization) -> None:
        for body in ("", "[1]", "{", "\x00"):
            Client().post(address(organization), body, content_type="application/json")
        assert [one.type for one in inbox.messages(organization)] == ["", "", "", ""]
        assert Client().get(address(organization)).status_code == 200

    def test_keeps_a_hundred(
        self, organization: Organization, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(inbox, "KEPT", 2)
        for number in range(3):
            inbox.keep_message(
                organization=organization,
                headers={"webhook-id": f"evt-{number}"},
                body="{}",
                at=system_time(),
            )
        assert [one.webhook_id for one in inbox.messages(organization)] == ["evt-2", "evt-1"]

    def test_is_nobody_elses_and_only_there_in_the_sandbox(
        self, organization: Organization, settings: Any
    ) -> None:
        deliver(organization, endpoint_secret(organization))
        assert inbox.messages(make_organization("Other")) == []
        assert Client().get("/sandbox/inbox/nobody").status_code == 404
        settings.SANDBOX = False
        assert Client().get(address(organization)).status_code == 404
        assert Client().post(address(organization), BODY, content_type="x/y").status_code == 404
