"""Subscriptions at the staff site: lists, pages, verbs and boards."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.backoffice.selectors.dunning import dunning_board
from apps.backoffice.selectors.figures import subscription_figures
from apps.backoffice.selectors.scheduler import scheduler_health
from apps.core.models import DeadTask
from apps.customers.models import Customer
from apps.events.models import Event
from apps.notifications.models import Mail
from apps.orders.models import Order
from apps.organizations.models import Organization
from apps.payments.models import ChargeAttempt
from apps.subscriptions.admin.outlook import outlook
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations import cancel_subscription, change_seats, pause_subscription
from apps.subscriptions.recurring import monthly_amount, recurring_by_currency
from tests.backoffice.acting import act, agree, fingerprint_in, happened
from tests.backoffice.conftest import staff
from tests.support.subscribers import (
    at,
    make_discount,
    make_merchant,
    make_plan,
    make_subscriber,
    make_subscription,
    seat_price,
)

__all__ = ["staff"]

pytestmark = pytest.mark.django_db
Staff = Callable[[str], Client]
LIST = "admin:subscriptions_subscription_changelist"
VERB = "subscriptions_subscription_"
DAY = timedelta(days=1)


def now() -> datetime:
    return datetime.now(UTC)


def subscribed(name: str = "buyer", *, ago: float = 3, **facts: Any) -> Subscription:
    """A subscription that began some days ago, of a customer with this name."""
    organization = facts.pop("organization", None) or make_merchant()
    customer = make_subscriber(organization, email=f"{name}@example.com")
    return make_subscription(organization, moment=now() - ago * DAY, customer=customer, **facts)


def owe(one: Subscription, *, next_in: timedelta = 2 * DAY, failures: int = 1) -> Order:
    """An order of the subscription that was not paid."""
    Subscription.objects.filter(pk=one.pk).update(
        status="past_due", past_due_at=now() + next_in - 2 * DAY
    )
    one.refresh_from_db()
    order = Order.objects.create(
        created_at=now(),
        organization=one.organization,
        customer=one.customer,
        product=one.product,
        subscription_id=one.pk,
        status="pending",
        billing_reason="subscription_cycle",
        currency="usd",
        subtotal_amount=1000,
        net_amount=1000,
        invoice_number=f"INV-{one.pk.hex[-8:]}",
        next_payment_attempt_at=now() + next_in,
    )
    for number in range(failures):
        ChargeAttempt.objects.create(
            created_at=now(),
            organization=one.organization,
            order=order,
            kind="collect",
            trigger="retry_dunning",
            status="failed",
            key=f"{order.pk}:{number}",
            request={},
            failure_code="insufficient_funds",
        )
    return order


def shown(client: Client, query: str) -> list[str]:
    """The names of the customers in the list."""
    page = client.get(reverse(LIST) + query)
    assert page.status_code == 200, query
    rows = page.context["listing"].result_list
    return sorted(row.customer.email.removesuffix("@example.com") for row in rows)


class TestList:
    def test_narrows_to_what_support_is_asked_about(self, staff: Staff) -> None:
        client = staff("viewer")
        subscribed("fresh")
        subscribed("soon", ago=30)
        subscribed("late", ago=40)
        subscribed("trial", ago=1, trial_end_at=now() + DAY)
        ends, pauses = subscribed("ends"), subscribed("pauses")
        cancel_subscription(subscription_id=ends.pk, origin=at(now()))
        pause_subscription(subscription_id=pauses.pk, origin=at(now()))
        owe(subscribed("owes"))
        long = subscribed("owes-long")
        owe(long)
        Subscription.objects.filter(pk=long.pk).update(past_due_at=now() - 8 * DAY)
        assert shown(client, "?situation=past_due_7d") == ["owes-long"]
        assert shown(client, "?situation=renews_48h") == ["late", "soon", "trial"]
        assert shown(client, "?situation=late") == ["late"]
        assert shown(client, "?situation=trial_ends_3d") == ["trial"]
        assert shown(client, "?situation=cancelling") == ["ends"]
        assert shown(client, "?situation=pausing") == ["pauses"]
        assert shown(client, "?status__exact=past_due") == ["owes", "owes-long"]

    def test_goes_by_the_clock_of_each_merchant(self, staff: Staff) -> None:
        one = subscribed("ahead")
        Organization.objects.filter(pk=one.organization_id).update(clock_offset=26 * DAY)
        assert shown(staff("viewer"), "?situation=renews_48h") == ["ahead"]

    def test_narrows_to_a_merchant_and_a_product(self, staff: Staff) -> None:
        client, one = staff("viewer"), subscribed("one")
        subscribed("two", organization=one.organization)
        subscribed("three")
        assert shown(client, f"?merchant={one.organization_id}") == ["one", "two"]
        assert shown(client, f"?plan={one.product_id}") == ["one"]
        assert shown(client, "?merchant=nonsense") == ["one", "three", "two"]

    def test_finds_by_mail_invoice_product_and_id(self, staff: Staff) -> None:
        client = staff("viewer")
        one = subscribed("one", plan=None)
        subscribed("two")
        order = owe(one)
        Customer.objects.filter(pk=one.customer_id).update(name="Ada Lindqvist")
        one.product.name = "Lighthouse"
        one.product.save()
        terms = ("one@", "lindqvist", "lightho", order.invoice_number, str(order.pk), str(one.pk))
        for term in terms:
            assert shown(client, f"?q={term}") == ["one"], term

    def test_says_what_comes_next_and_what_it_is_worth(self, staff: Staff) -> None:
        merchant = make_merchant()
        subscribed(
            "yearly", organization=merchant, plan=make_plan(merchant, 12_000, interval="year")
        )
        subscribed("monthly", organization=merchant, plan=make_plan(merchant, 3000))
        page = staff("viewer").get(reverse(LIST)).content.decode()
        assert "$10.00" in page and "25.0 %" in page
        assert "75.0 %" in page
        assert "renews" in page


class TestRecurring:
    def test_spreads_every_interval_over_months(self) -> None:
        assert monthly_amount(12_000, interval="year", count=1) == 1000
        assert monthly_amount(3000, interval="month", count=3) == 1000
        assert monthly_amount(700, interval="week", count=1) == 3042
        assert monthly_amount(100, interval="day", count=1) == 3042

    def test_adds_up_what_is_paid_and_goes_on(self) -> None:
        merchant = make_merchant()
        for name in ("one", "two", "three"):
            subscribed(name, organization=merchant, plan=make_plan(merchant, 3000))
        cancel_subscription(
            subscription_id=subscribed("ends", organization=merchant).pk, origin=at(now())
        )
        subscribed("trial", organization=merchant, trial_end_at=now() + DAY)
        [found] = recurring_by_currency(Subscription.objects.all())
        assert (found.currency, found.amount, found.count) == ("usd", 9000, 3)
        figures = subscription_figures(now())
        assert (figures.active_count, figures.trialing_count) == (4, 1)


class TestOutlook:
    def test_of_a_renewal_has_its_lines_and_the_change_before_it(self) -> None:
        merchant = make_merchant()
        one = subscribed(
            organization=merchant, plan=make_plan(merchant, prices=[seat_price(500)]), seats=2
        )
        change_seats(subscription_id=one.pk, seats=4, behavior="next_period", origin=at(now()))
        one.refresh_from_db()
        [step] = outlook(one, now())
        assert (step.title, step.notes) == ("Renews", ("Changes to 4 seats.",))
        assert step.charge is not None and step.charge.charged_amount == 2000

    def test_of_what_is_unpaid_has_every_try_the_grace_and_the_deadline(self) -> None:
        one = subscribed(ago=31)
        owe(one)
        titles = [step.title.split(":")[0] for step in outlook(one, now())]
        tries = [title for title in titles if title.startswith("Try")]
        assert tries == ["Try 2", "Try 3", "Try 4", "Try 5"]
        assert "Deadline" in titles
        last = next(step for step in outlook(one, now()) if step.title.startswith("Try 5"))
        assert last.notes == ("If it fails, the subscription ends.",)

    def test_of_an_end_and_of_what_has_ended(self, staff: Staff) -> None:
        one = subscribed()
        cancel_subscription(subscription_id=one.pk, origin=at(now()))
        one.refresh_from_db()
        [step] = outlook(one, now())
        assert (step.title, step.charge) == ("Ends", None)
        client = staff("finance")
        agree(client, f"{VERB}revoke", one.pk)
        page = client.get(reverse("admin:subscriptions_subscription_change", args=[one.pk]))
        assert "Nothing: it has ended." in page.content.decode()


class TestVerbs:
    def test_show_the_plan_then_do_it_with_the_reason(self, staff: Staff) -> None:
        one, client = subscribed("ada"), staff("support")
        dialog = act(client, f"{VERB}cancel", one.pk, why="unused").content.decode()
        assert "It ends on" in dialog and "ada@example.com" in dialog
        assert "subscription.canceled" in dialog
        one.refresh_from_db()
        assert not one.cancel_at_period_end
        done = agree(client, f"{VERB}cancel", one.pk, why="unused")
        assert "HX-Redirect" in done
        one.refresh_from_db()
        assert (one.cancel_at_period_end, one.cancellation_reason) == (True, "unused")
        happened("subscription.canceled", "support@example.com")

    def test_refuse_when_things_have_changed_since_the_plan(self, staff: Staff) -> None:
        one, client = subscribed(), staff("support")
        agreed = fingerprint_in(act(client, f"{VERB}cancel", one.pk))
        later = one.current_period_end_at + 3 * DAY
        Subscription.objects.filter(pk=one.pk).update(current_period_end_at=later)
        answer = act(client, f"{VERB}cancel", one.pk, _agreed=agreed)
        assert "Things changed since you looked" in answer.content.decode()
        assert f"It ends on {later:%Y-%m-%d}" in answer.content.decode()
        one.refresh_from_db()
        assert not one.cancel_at_period_end
        assert not Event.objects.filter(type="subscription.canceled").exists()

    def test_stand_in_the_way_of_nothing_that_cannot_be(self, staff: Staff) -> None:
        one, client = subscribed(), staff("admin")
        for name in ("uncancel", "cancel_pause", "resume", "reinstate", "change_seats"):
            assert act(client, f"{VERB}{name}", one.pk).status_code == 404, name

    def test_show_a_refusal_of_the_domain(self, staff: Staff) -> None:
        one, client = subscribed(), staff("finance")
        answer = act(client, f"{VERB}change_period_end", one.pk, day="2020-01-01")
        assert "The date must be to come." in answer.content.decode()

    def test_go_through_the_life_of_a_subscription(self, staff: Staff) -> None:
        merchant, client = make_merchant(), staff("finance")
        one = subscribed(organization=merchant, plan=make_plan(merchant, 1000))
        better, _ = make_plan(merchant, 2000, name="Max")
        discount = make_discount(merchant)

        def done(verb: str, **data: Any) -> Subscription:
            assert "HX-Redirect" in agree(client, f"{VERB}{verb}", one.pk, **data), verb
            one.refresh_from_db()
            return one

        assert done("change_product", product=better.pk, behavior="next_period").amount == 1000
        done("discard_update")
        assert not one.pending_updates.filter(discarded_at=None).exists()
        assert done("change_product", product=better.pk, behavior="prorate").amount == 2000
        assert done("change_discount", discount=discount.pk).discount == discount
        end = (now() + 40 * DAY).date()
        assert done("change_period_end", day=str(end)).current_period_end_at.date() == end
        trial = (now() + 50 * DAY).date()
        assert done("set_trial_end", when="day", day=str(trial)).status == "trialing"
        assert done("set_trial_end", when="now").status == "active"
        assert done("pause").pause_at_period_end
        assert not done("cancel_pause").pause_at_period_end
        assert done("cancel").cancel_at_period_end
        assert not done("uncancel").cancel_at_period_end
        assert done("revoke", why="other", comment="Moved").status == "canceled"
        assert one.cancellation_comment == "Moved"
        assert done("reinstate").status == "active"


class TestOrders:
    def test_are_given_up_and_taken_up_again(self, staff: Staff) -> None:
        one, client = subscribed(ago=31), staff("finance")
        order = owe(one)
        dialog = act(client, "orders_order_void", order.pk).content.decode()
        assert "Its subscription stays past due" in dialog
        assert "HX-Redirect" in agree(client, "orders_order_void", order.pk)
        order.refresh_from_db()
        assert order.status == "void"
        happened("order.voided", "finance@example.com")
        assert "HX-Redirect" in agree(client, "orders_order_unvoid", order.pk)
        order.refresh_from_db()
        assert order.status == "pending"

    def test_show_what_they_wait_for(self, staff: Staff) -> None:
        order = owe(subscribed(ago=31))
        address = reverse("admin:orders_order_change", args=[order.pk])
        page = staff("finance").get(address).content.decode()
        assert "Waits to be paid" in page and "Try 2" in page
        assert f"{reverse('admin:' + VERB + 'retry_orders')}?orders={order.pk}" in page
        assert "Retry now" not in staff("support").get(address).content.decode()


class TestDunningBoard:
    def test_has_each_order_at_its_step(self, staff: Staff) -> None:
        first = owe(subscribed(ago=31))
        third = owe(subscribed(ago=31), failures=3)
        last = owe(subscribed(ago=31), failures=4, next_in=5 * DAY)
        ending = owe(subscribed(ago=31), failures=4, next_in=DAY)
        Mail.objects.create(
            created_at=now(),
            organization=first.organization,
            kind="subscription_past_due",
            subject_type="subscription",
            subject_id=str(first.subscription_id),
            recipient="a@example.com",
            subject="We could not take the payment",
            text="",
            html="",
            status="sent",
            sent_at=now(),
            dedupe_key="x",
        )
        board = dunning_board(now())
        steps = {step.key: [row.order for row in step.rows] for step in board.steps}
        assert steps == {"1": [first], "3": [third], "last": [last], "ending": [ending]}
        assert board.steps[0].sums == [(1000, "usd")]
        page = staff("finance").get(reverse("admin:dunning")).content.decode()
        assert "insufficient funds" in page and "We could not take the payment" in page
        assert "Retry selected" in page
        lower = staff("support").get(reverse("admin:dunning"))
        assert "Retry selected" not in lower.content.decode()

    def test_narrows_to_a_merchant_and_says_when_all_is_paid(self, staff: Staff) -> None:
        client, one = staff("viewer"), subscribed(ago=31)
        empty = client.get(reverse("admin:dunning")).content.decode()
        assert "Every renewal is paid." in empty
        order = owe(one)
        other = owe(subscribed(ago=31))
        page = client.get(reverse("admin:dunning") + f"?merchant={one.organization_id}")
        assert order.invoice_number in page.content.decode()
        assert str(other.invoice_number) not in page.content.decode()

    def test_refuses_what_is_no_order_of_a_subscription(self, staff: Staff) -> None:
        answer = act(staff("finance"), f"{VERB}retry_orders", orders="NOPE-1")
        assert "Not an order of a subscription: NOPE-1." in answer.content.decode()


class TestScheduler:
    def test_counts_what_is_due_late_taken_stuck_and_failed(self, staff: Staff) -> None:
        late = subscribed("late", ago=40)
        due = subscribed("due", ago=40)
        held = subscribed("held", ago=40)
        resting = subscribed("resting")
        Subscription.objects.filter(pk=due.pk).update(
            current_period_end_at=now() - timedelta(minutes=1),
            claimed_until=now() + timedelta(minutes=5),
        )
        Subscription.objects.filter(pk=late.pk).update(claimed_until=now() - timedelta(minutes=5))
        Organization.objects.filter(pk=held.organization_id).update(
            capabilities={**held.organization.capabilities, "subscription_renewals": False}
        )
        Subscription.objects.filter(pk=resting.pk).update(
            status="paused", paused_at=now(), resumes_at=now() - timedelta(hours=1)
        )
        soon = subscribed("soon")
        Subscription.objects.filter(pk=soon.pk).update(
            current_period_end_at=now() + timedelta(minutes=7)
        )
        owe(subscribed("owes"), next_in=-timedelta(minutes=1))
        DeadTask.objects.create(
            task_id="x",
            name="subscriptions.cycle",
            queue="medium",
            kwargs={"subscription_id": str(late.pk)},
            error="gone",
            failed_at=now(),
        )
        found = scheduler_health(now())
        assert (found.due_count, found.late_count, found.held_count) == (2, 1, 1)
        assert (found.claimed_count, found.stuck_count, found.failed_count) == (1, 1, 1)
        assert (found.resume_count, found.late_resume_count, found.retry_count) == (1, 1, 1)
        assert [one.count for one in found.slices[:3]] == [0, 1, 0]
        assert found.merchants[0].organization_id == late.organization_id
        assert not found.merchants[-1].may_renew
        client = staff("support")
        page = client.get(reverse("admin:scheduler")).content.decode()
        assert "held back" in page and "gone" in page
        links = {unescape(link) for link in re.findall(r'href="(/backoffice/[^"]*)"', page)}
        assert len(links) > 10
        for link in links:
            assert client.get(link).status_code == 200, link
        lower = staff("viewer").get(reverse("admin:scheduler")).content.decode()
        assert "held back" in lower and "deadtask" not in lower
