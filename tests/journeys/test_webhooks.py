"""Webhooks as merchants get them: by the SDK's own check and types, in each of its versions."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest

from apps.core.clock import pinned, system_time
from apps.customers.quiet import LONGEST
from apps.customers.tasks import announce_states_task
from apps.seats.models import CustomerSeat
from apps.webhooks.courier import serve
from apps.webhooks.models import WebhookEvent
from apps.webhooks.registry import EVENT_TYPES
from tests.support.merchants import VERSIONS
from tests.support.receivers import Received, Receiver, receiving
from tests.support.refunding import paid_order
from tests.support.seats import make_team, token_sent
from tests.support.stripesim import stripesim
from tests.support.tills import BUYER, Till, till

__all__ = ["stripesim", "till"]

FIXED = {"amount_type": "fixed", "price_amount": 1000, "price_currency": "usd"}


def module_of(version: str, name: str) -> Any:
    return import_module(f"polar.v{version.replace('-', '_')}.{name}")


@pytest.fixture
def polar(till: Till, version: str) -> Any:
    with till.merchant.polar(version) as client:
        yield client


@pytest.fixture
def errors(version: str) -> Any:
    return module_of(version, "errors")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as running:
        yield running


def make_endpoint(polar: Any, receiver: Receiver, version: str, **facts: Any) -> Any:
    usual = {"url": receiver.url, "format": "raw", "events": list(EVENT_TYPES)}
    if version != VERSIONS[0]:
        usual["api_version"] = version
    return polar.webhooks.create_webhook_endpoint(**{**usual, **facts})


def told(endpoint: Any, version: str, requests: list[Received]) -> list[Any]:
    """What came in, through the SDK's `validate_event`."""
    validate = module_of(version, "webhooks").validate_event
    return [
        validate(body=request.body, headers=request.headers, secret=endpoint.secret)
        for request in requests
    ]


def live_through(polar: Any, till: Till) -> None:
    """One of everything that merchants are told of."""
    product = polar.products.create(name="Pro", recurring_interval="month", prices=[FIXED])
    polar.products.update(product.id, name="Pro 2")
    discount = polar.discounts.create(
        name="Spring", type="percentage", basis_points=1000, duration="once", code="SPRING"
    )
    polar.discounts.update(discount.id, name="Spring sale")
    polar.discounts.delete(discount.id)
    customer = polar.customers.create(email="somebody@example.com", external_id="s-1")
    polar.customers.update(customer.id, name="Somebody")
    polar.customers.delete(customer.id)
    polar.organizations.update(str(till.merchant.organization.pk), name="Renamed")
    checkout = polar.checkouts.create(products=[product.id])
    polar.checkouts.update(checkout.id, metadata={"a": "b"})
    polar.checkouts.client_confirm(
        checkout.client_secret, confirmation_token_id=till.token(), **BUYER
    )
    till.settle_until(lambda: polar.checkouts.get(checkout.id).status == "succeeded")
    [subscription] = polar.subscriptions.list().items
    polar.subscriptions.update(subscription.id, cancel_at_period_end=True)
    polar.subscriptions.update(subscription.id, cancel_at_period_end=False)
    polar.subscriptions.revoke(subscription.id)
    order = paid_order(till)
    polar.refunds.create(order_id=str(order.pk), reason="other", amount=500)


def fill_a_seat(polar: Any, till: Till) -> None:
    """Somebody gets a seat, accepts it and loses it."""
    team = make_team(till.merchant.organization, moment=system_time())
    seat = polar.customer_seats.assign_seat(subscription_id=str(team.pk), email="ann@example.com")
    token = token_sent(CustomerSeat.objects.get(pk=seat.id))
    polar.customer_seats.claim_seat(invitation_token=token)
    polar.customer_seats.revoke_seat(seat.id)
    # The types of the SDK know no state with a subscription that goes on.
    polar.subscriptions.revoke(str(team.pk))


def rest_and_tell_states() -> None:
    """The states of customers, once their changes have come to rest."""
    with pinned(system_time() + LONGEST):
        announce_states_task()


class TestEvents:
    def test_are_what_the_sdk_expects(
        self, till: Till, polar: Any, version: str, receiver: Receiver
    ) -> None:
        endpoint = make_endpoint(polar, receiver, version)
        live_through(polar, till)
        fill_a_seat(polar, till)
        rest_and_tell_states()

        serve(endpoint.id)

        payloads = told(endpoint, version, receiver.requests)
        assert receiver.sequences == list(range(1, len(payloads) + 1))
        assert {payload.api_version for payload in payloads} == {version}
        assert {payload.type for payload in payloads} >= {
            "checkout.created",
            "checkout.updated",
            "customer.created",
            "customer.deleted",
            "customer.state_changed",
            "customer.updated",
            "customer_seat.assigned",
            "customer_seat.claimed",
            "customer_seat.revoked",
            "discount.created",
            "discount.deleted",
            "discount.updated",
            "member.created",
            "member.deleted",
            "member.updated",
            "order.created",
            "order.paid",
            "order.refunded",
            "order.updated",
            "organization.updated",
            "product.created",
            "product.updated",
            "refund.created",
            "subscription.active",
            "subscription.canceled",
            "subscription.created",
            "subscription.revoked",
            "subscription.uncanceled",
            "subscription.updated",
        }

    def test_are_told_in_the_order_of_the_reference(
        self, till: Till, polar: Any, version: str, receiver: Receiver
    ) -> None:
        endpoint = make_endpoint(polar, receiver, version)
        live_through(polar, till)
        serve(endpoint.id)

        of_subscription = [name for name in receiver.types if name.startswith("subscription.")]
        assert of_subscription[-7:] == [
            "subscription.updated",
            "subscription.canceled",
            "subscription.updated",
            "subscription.uncanceled",
            "subscription.updated",
            "subscription.canceled",
            "subscription.revoked",
        ]


class TestEndpoints:
    def test_are_made_read_changed_and_deleted(
        self, polar: Any, version: str, receiver: Receiver, errors: Any
    ) -> None:
        made = make_endpoint(polar, receiver, version, name="Shop", events=["order.paid"])
        assert made.secret.startswith("whsec_")
        assert (made.enabled, made.name, made.api_version) == (True, "Shop", version)
        assert polar.webhooks.get_webhook_endpoint(made.id) == made
        assert polar.webhooks.list_webhook_endpoints().items == [made]

        changed = polar.webhooks.update_webhook_endpoint(
            made.id, events=["order.created"], enabled=False
        )
        assert (changed.events, changed.enabled) == (["order.created"], False)
        renewed = polar.webhooks.reset_webhook_endpoint_secret(made.id)
        assert renewed.secret != made.secret

        polar.webhooks.delete_webhook_endpoint(made.id)
        with pytest.raises(errors.ResourceNotFound):
            polar.webhooks.get_webhook_endpoint(made.id)

    @pytest.mark.parametrize(
        "wrong",
        [
            {"url": "http://example.com/hook"},
            {"url": "https://10.0.0.5/hook"},
            {"url": "nonsense"},
            {"events": ["order.eaten"]},
            {"format": "xml"},
            {"api_version": "1999-01"},
        ],
    )
    def test_refuse_what_will_not_do(
        self, polar: Any, version: str, receiver: Receiver, errors: Any, wrong: dict[str, Any]
    ) -> None:
        with pytest.raises(errors.HTTPValidationError):
            make_endpoint(polar, receiver, version, **wrong)
        assert polar.webhooks.list_webhook_endpoints().items == []


class TestDeliveries:
    def test_are_listed_and_repeated(
        self, polar: Any, version: str, receiver: Receiver, errors: Any
    ) -> None:
        endpoint = make_endpoint(polar, receiver, version)
        receiver.answer(500, b"broken")
        polar.products.create(name="Book", prices=[FIXED])
        serve(endpoint.id)

        [failed] = polar.webhooks.list_webhook_deliveries(
            endpoint_id=endpoint.id, http_code_class="5xx", succeeded=False
        ).items
        assert (failed.http_code, failed.response) == (500, "broken")
        event = failed.webhook_event
        assert (event.type, event.succeeded, event.skipped) == ("product.created", False, False)
        assert polar.webhooks.list_webhook_deliveries(event_type="order.paid").items == []
        assert polar.webhooks.list_webhook_deliveries(query=event.id).items == [failed]

        receiver.answer(200)
        assert polar.webhooks.redeliver_webhook_event(event.id) is None
        serve(endpoint.id)
        latest = polar.webhooks.list_webhook_deliveries(succeeded=True).items[0]
        assert latest.webhook_event.id == event.id
        assert latest.webhook_event.succeeded

    def test_of_a_range_are_repeated_over_an_address_of_ours(
        self, till: Till, polar: Any, version: str, receiver: Receiver
    ) -> None:
        endpoint = make_endpoint(polar, receiver, version)
        for number in range(3):
            polar.products.create(name=f"Book {number}", prices=[FIXED])
        serve(endpoint.id)

        with till.merchant.http() as http:
            path = f"/v1/webhooks/endpoints/{endpoint.id}/redeliver"
            answer = http.post(path, json={"event_types": ["product.created"]})
        assert (answer.status_code, answer.json()) == (202, {"count": 3})
        serve(endpoint.id)
        assert len(receiver.requests) == 6

    def test_of_a_disabled_endpoint_are_not_repeated(
        self, till: Till, polar: Any, version: str, receiver: Receiver
    ) -> None:
        endpoint = make_endpoint(polar, receiver, version)
        polar.products.create(name="Book", prices=[FIXED])
        polar.webhooks.update_webhook_endpoint(endpoint.id, enabled=False)
        event = WebhookEvent.objects.get(endpoint_id=endpoint.id)

        with till.merchant.http() as http:
            answer = http.post(f"/v1/webhooks/events/{event.pk}/redeliver")
        assert (answer.status_code, answer.json()["error"]) == (409, "EndpointDisabled")
