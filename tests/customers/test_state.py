"""The state of customers, as merchants are told of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
import pytest

from apps.core.jobs import keep_jobs
from apps.core.origin import Origin
from apps.core.timers import timers
from apps.customers.models import Customer, StateChange
from apps.customers.operations import announce_state, delete_customer, update_customer
from apps.customers.quiet import LONGEST, QUIET
from apps.customers.tasks import announce_states_task
from apps.organizations.models import Organization
from apps.webhooks.models import WebhookEvent
from apps.webhooks.operations import EndpointInput, create_endpoint
from tests.support.grants import make_benefit, put_on, spy, work_off
from tests.support.subscribers import (
    START,
    at,
    make_merchant,
    make_plan,
    make_subscriber,
    make_subscription,
)

SECOND = timedelta(seconds=1)


def listen(organization: Organization, *events: str) -> None:
    create_endpoint(
        organization=organization,
        data=EndpointInput(url="http://127.0.0.1:1/hook", events=list(events)),
        origin=at(),
    )


@pytest.fixture
def customer(merchant: Organization) -> Customer:
    return make_subscriber(merchant)


@pytest.fixture
def merchant(db: None) -> Organization:
    return make_merchant()


def rename(customer: Customer, name: str, origin: Origin) -> None:
    update_customer(customer_id=customer.pk, changes={"name": name}, origin=origin)


def told(customer: Customer) -> list[dict[str, Any]]:
    rows = WebhookEvent.objects.filter(customer_id=customer.pk, type="customer.state_changed")
    return [orjson.loads(row.payload or "")["data"] for row in rows.order_by("pk")]


class TestAnnounceState:
    def test_tells_once_of_changes_that_follow_each_other(
        self, merchant: Organization, customer: Customer
    ) -> None:
        listen(merchant, "customer.state_changed")
        for number in range(4):
            rename(customer, f"Name {number}", at(START + number * SECOND))

        last = START + 3 * SECOND
        early = announce_state(customer_id=customer.pk, origin=at(last + QUIET - SECOND))
        due = announce_state(customer_id=customer.pk, origin=at(last + QUIET))
        again = announce_state(customer_id=customer.pk, origin=at(last + QUIET))

        assert (early, due, again) == (False, True, False)
        assert [one["name"] for one in told(customer)] == ["Name 3"]
        assert not StateChange.objects.exists()

    def test_does_not_wait_for_ever(self, merchant: Organization, customer: Customer) -> None:
        listen(merchant, "customer.state_changed")
        moments = [START + number * SECOND for number in range(int(LONGEST.total_seconds()) + 1)]
        for number, moment in enumerate(moments):
            rename(customer, f"Name {number}", at(moment))

        assert not announce_state(customer_id=customer.pk, origin=at(moments[-1] - SECOND))
        assert announce_state(customer_id=customer.pk, origin=at(moments[-1]))

    def test_owes_nothing_where_nobody_asks(
        self, merchant: Organization, customer: Customer
    ) -> None:
        listen(merchant, "customer.updated")

        with keep_jobs() as kept:
            rename(customer, "Another", at())

        assert not StateChange.objects.exists()
        assert "customers.announce_state" not in [one.name for one in kept]

    def test_shows_what_is_active_and_granted(
        self, merchant: Organization, customer: Customer
    ) -> None:
        spy()
        listen(merchant, "customer.state_changed")
        plan = make_plan(merchant)
        benefit = make_benefit(merchant)
        put_on(plan[0], benefit)
        subscription = make_subscription(merchant, plan=plan, customer=customer)
        work_off()
        announce_state(customer_id=customer.pk, origin=at(START + QUIET))

        delete_customer(customer_id=customer.pk, origin=at(START + 10 * SECOND))
        work_off(at(START + 10 * SECOND))
        announce_state(customer_id=customer.pk, origin=at(START + 20 * SECOND))

        before, after = told(customer)
        assert [row["id"] for row in before["active_subscriptions"]] == [str(subscription.pk)]
        assert [row["benefit_id"] for row in before["granted_benefits"]] == [str(benefit.pk)]
        assert (after["active_subscriptions"], after["granted_benefits"]) == ([], [])
        assert after["deleted_at"] is not None

    def test_runs_by_the_clock_of_the_organization(
        self, merchant: Organization, customer: Customer
    ) -> None:
        listen(merchant, "customer.state_changed")
        rename(customer, "Another", at())
        [timer] = [one for one in timers() if one.name == "customers.state"]

        assert list(timer.due(merchant.pk, START)) == []
        [due] = timer.due(merchant.pk, START + timedelta(days=30))
        assert (due.at, due.subject_id) == (START + QUIET, customer.pk)
        timer.run(due.subject_id, at(due.at))
        assert len(told(customer)) == 1

    def test_is_done_by_the_sweep_where_the_message_was_lost(
        self, merchant: Organization, customer: Customer
    ) -> None:
        listen(merchant, "customer.state_changed")
        rename(customer, "Another", at())

        announce_states_task()
        announce_states_task()

        assert len(told(customer)) == 1


class TestMembers:
    def test_are_told_of_as_they_come_change_and_go(self, merchant: Organization) -> None:
        names = [f"member.{verb}" for verb in ("created", "updated", "deleted")]
        listen(merchant, *names)
        customer = make_subscriber(merchant, email="jane@example.com", name="Jane")

        rename(customer, "Joan", at())
        delete_customer(customer_id=customer.pk, origin=at())

        rows = WebhookEvent.objects.filter(customer_id=customer.pk).order_by("pk")
        payloads = [orjson.loads(row.payload or "") for row in rows]
        assert [one["type"] for one in payloads] == names
        assert [one["data"]["name"] for one in payloads] == ["Jane", "Joan", "Joan"]
        assert {one["data"]["role"] for one in payloads} == {"owner"}
