"""A merchant who listens."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from apps.core.clock import pinned
from apps.core.origin import Actor, Door, Origin
from apps.customers.inputs import CustomerInput
from apps.customers.models import Customer
from apps.customers.operations import create_customer
from apps.organizations.models import Organization
from apps.webhooks.models import WebhookEndpoint
from apps.webhooks.operations import EndpointInput, create_endpoint
from tests.support import merchants
from tests.support.receivers import Receiver, receiving

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ORIGIN = Origin(actor=Actor.SYSTEM, door=Door.TASK, at=NOW)

MakeEndpoint = Callable[..., WebhookEndpoint]
MakeBuyer = Callable[[str], Customer]


@pytest.fixture
def organization() -> Organization:
    return merchants.make_organization()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as running:
        yield running


@pytest.fixture
def make_endpoint(organization: Organization, receiver: Receiver) -> MakeEndpoint:
    def make(**facts: Any) -> WebhookEndpoint:
        usual: dict[str, Any] = {"url": receiver.url, "events": ["customer.created"]}
        data = EndpointInput(**{**usual, **facts})
        return create_endpoint(organization=organization, data=data, origin=ORIGIN)

    return make


@pytest.fixture
def make_buyer(organization: Organization) -> MakeBuyer:
    """A customer, whose making is an event."""

    def make(email: str) -> Customer:
        data = CustomerInput(email=email)
        return create_customer(organization=organization, data=data, origin=ORIGIN)

    return make


@pytest.fixture
def at_noon() -> Iterator[None]:
    """The courier's clock stands still."""
    with pinned(NOW):
        yield
