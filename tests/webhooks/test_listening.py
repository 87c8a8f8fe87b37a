"""An endpoint is listened to from the moment it is there, whatever a process has done before."""

from __future__ import annotations

import pytest

from apps.organizations.models import Organization
from apps.webhooks.models import WebhookEvent
from apps.webhooks.operations import delete_endpoint
from apps.webhooks.selectors import listening_endpoints
from tests.webhooks.conftest import ORIGIN, MakeBuyer, MakeEndpoint

pytestmark = pytest.mark.django_db(transaction=True)


class TestListening:
    def test_begins_with_the_next_transaction(
        self, organization: Organization, make_endpoint: MakeEndpoint, make_buyer: MakeBuyer
    ) -> None:
        make_buyer("before@example.com")
        endpoint = make_endpoint()
        make_buyer("after@example.com")

        [event] = WebhookEvent.objects.filter(endpoint=endpoint)
        assert "after@example.com" in event.payload

    def test_ends_with_the_endpoint(
        self, organization: Organization, make_endpoint: MakeEndpoint, make_buyer: MakeBuyer
    ) -> None:
        endpoint = make_endpoint()
        make_buyer("before@example.com")
        delete_endpoint(endpoint_id=endpoint.pk, origin=ORIGIN)
        make_buyer("after@example.com")

        assert listening_endpoints(organization.pk) == []
        assert WebhookEvent.objects.filter(endpoint=endpoint).count() == 1
