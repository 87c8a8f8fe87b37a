"""What subscribers are written: changes, renewals, reminders, each once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.core.ids import new_id
from apps.customers.inputs import OwnerInput
from apps.events.models import Event
from apps.notifications.kinds import KINDS
from apps.notifications.models import Mail
from apps.notifications.rendering import render_letter
from apps.orders.models import Order
from apps.orders.operations import pay_order
from apps.organizations.clocks import Clock
from apps.payments.models import PaymentMethod
from apps.subscriptions.locks import lock_subscription
from apps.subscriptions.mails import mail_change, mail_renewal
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations import (
    cancel_subscription,
    cycle_subscription,
    pause_subscription,
    revoke_subscription,
    uncancel_subscription,
)
from apps.subscriptions.operations.announcing import facts_of
from apps.subscriptions.operations.dunning import mark_past_due
from apps.subscriptions.reminding import due_reminders, remind_subscriber, reminders_due_until
from apps.wallets.operations import adjust_wallet
from tests.support.subscribers import (
    START,
    at,
    make_discount,
    make_merchant,
    make_plan,
    make_subscriber,
    make_subscription,
)

pytestmark = pytest.mark.django_db

END = datetime(2025, 2, 28, 10, 30, tzinfo=UTC)


def tell(subscription: Subscription) -> list[str]:
    """Handle what was recorded of a subscription, and list the mails in order."""
    for event in Event.objects.filter(subject_id=str(subscription.pk)).order_by("id"):
        mail_change(event, at(event.at))
    for order in Order.objects.filter(subscription_id=subscription.pk):
        for event in Event.objects.filter(subject_id=str(order.pk), type="order.paid"):
            mail_renewal(event, at(event.at))
    rows = Mail.objects.filter(subject_id=str(subscription.pk)).order_by("id")
    return list(rows.values_list("kind", flat=True))


class TestReaders:
    def test_of_a_team_without_an_address_are_its_owner(self) -> None:
        merchant = make_merchant()
        team = make_subscriber(
            merchant, type="team", email=None, owner=OwnerInput(email="ada@example.com", name="Ada")
        )
        tell(make_subscription(merchant, customer=team))
        assert Mail.objects.get().recipient == "ada@example.com"


class TestPastDue:
    def test_names_the_sum_that_was_not_paid(self) -> None:
        subscription = make_subscription()
        adjust_wallet(
            customer=subscription.customer, currency="usd", amount=-250, note="Old", origin=at()
        )
        cycle_subscription(subscription_id=subscription.pk, origin=at(END))
        order = Order.objects.get(subscription_id=subscription.pk)
        mark_past_due(lock_subscription(subscription.pk), order=order, origin=at(END))
        tell(subscription)
        assert "$12.50" in Mail.objects.get(kind="subscription_past_due").text


class TestChanges:
    def test_are_told_once_each(self) -> None:
        subscription = make_subscription()
        cancel_subscription(subscription_id=subscription.pk, origin=at())
        uncancel_subscription(subscription_id=subscription.pk, origin=at())
        pause_subscription(subscription_id=subscription.pk, origin=at())
        revoke_subscription(subscription_id=subscription.pk, origin=at())

        tell(subscription)

        assert tell(subscription) == [
            "subscription_confirmation",
            "subscription_cancellation",
            "subscription_uncanceled",
            "subscription_paused",
            "subscription_revoked",
        ]

    def test_say_when_and_how_much(self) -> None:
        tell(make_subscription(amount=123456))

        mail = Mail.objects.get()
        assert mail.subject == "Your subscription to Pro"
        assert "It renews on February 28, 2025 for $1,234.56." in mail.text
        assert "It renews on February 28, 2025 for $1,234.56." in mail.html

    def test_say_that_a_trial_has_begun(self) -> None:
        tell(make_subscription(trial_end_at=START + timedelta(days=14)))

        assert "free trial" in Mail.objects.get().text


class TestRenewals:
    def test_are_confirmed_when_they_are_paid(self) -> None:
        subscription = make_subscription()
        cycle_subscription(subscription_id=subscription.pk, origin=at(END))
        assert "subscription_cycled" not in tell(subscription)

        order = Order.objects.get(subscription_id=subscription.pk)
        pay_order(order_id=order.pk, origin=at(END))

        assert tell(subscription)[-1] == "subscription_cycled"
        mail = Mail.objects.get(kind="subscription_cycled")
        assert "Pro: 28 Feb 2025 to 31 Mar 2025: $10.00" in mail.text
        assert "Total: $10.00" in mail.text
        assert mail.html.count("28 Feb 2025 to 31 Mar 2025") == 1

    def test_of_free_plans_go_without_saying(self) -> None:
        subscription = make_subscription(amount=0)
        cycle_subscription(subscription_id=subscription.pk, origin=at(END))

        assert "subscription_cycled" not in tell(subscription)


def yearly(**facts: Any) -> Subscription:
    merchant = make_merchant()
    return make_subscription(merchant, plan=make_plan(merchant, interval="year"), **facts)


def reminded(subscription: Subscription, moment: datetime) -> list[str]:
    """Look for reminders at a moment, and list what has been written by then."""
    for reminder in due_reminders(Clock(moment)):
        remind_subscriber(reminder.subscription.pk, at(moment))
    rows = Mail.objects.filter(subject_id=str(subscription.pk)).order_by("id")
    return list(rows.values_list("kind", flat=True))


class TestReminders:
    def test_come_a_week_before_a_yearly_renewal_and_once(self) -> None:
        subscription = yearly()
        end = subscription.current_period_end_at

        assert reminded(subscription, end - timedelta(days=8)) == []
        assert reminded(subscription, end - timedelta(days=6)) == ["subscription_renewal_reminder"]
        assert len(reminded(subscription, end - timedelta(days=5))) == 1
        assert due_reminders(Clock(end + timedelta(seconds=1))) == []

    def test_say_what_will_be_charged_and_not_what_was(self) -> None:
        merchant = make_merchant()
        yearly = make_plan(merchant, 9000, interval="year")
        once = make_discount(merchant, 5000)
        subscription = make_subscription(merchant, plan=yearly, discount=once)
        reminded(subscription, subscription.current_period_end_at - timedelta(days=6))
        assert "$90.00" in Mail.objects.get().text

    def test_come_where_the_first_period_alone_was_for_nothing(self) -> None:
        merchant = make_merchant()
        yearly = make_plan(merchant, 9000, interval="year")
        once, _ = (
            make_subscription(
                merchant, plan=yearly, discount=make_discount(merchant, 10_000, duration=duration)
            )
            for duration in ("once", "forever")
        )
        free = make_subscription(merchant, plan=make_plan(merchant, 0, interval="year"))
        moment = free.current_period_end_at - timedelta(days=6)
        assert [row.subscription for row in due_reminders(Clock(moment))] == [once]

    def test_do_not_speak_of_a_charge_before_a_pause(self) -> None:
        merchant = make_merchant()
        yearly = make_subscription(merchant, plan=make_plan(merchant, interval="year"))
        pause_subscription(subscription_id=yearly.pk, origin=at())
        assert reminded(yearly, yearly.current_period_end_at - timedelta(days=6)) == []

    def test_spare_monthly_and_ending_subscriptions(self) -> None:
        monthly = make_subscription()
        ending = yearly()
        cancel_subscription(subscription_id=ending.pk, origin=at())

        assert reminded(monthly, monthly.current_period_end_at - timedelta(days=1)) == []
        assert reminded(ending, ending.current_period_end_at - timedelta(days=1)) == []

    def test_come_three_days_before_a_trial_ends(self) -> None:
        subscription = make_subscription(trial_end_at=START + timedelta(days=14))

        assert reminded(subscription, START + timedelta(days=10)) == []
        assert reminded(subscription, START + timedelta(days=12)) == [
            "subscription_trial_conversion_reminder"
        ]

    def test_come_before_a_card_expires(self) -> None:
        merchant = make_merchant()
        subscription = make_subscription(merchant)
        Subscription.objects.filter(pk=subscription.pk).update(
            payment_method=card_of(subscription, year=2025, month=2)
        )

        assert reminded(subscription, datetime(2025, 1, 28, tzinfo=UTC)) == []
        assert reminded(subscription, datetime(2025, 1, 31, tzinfo=UTC)) == [
            "payment_method_expiration_reminder"
        ]
        assert "4242" in Mail.objects.get().subject

    def test_follow_the_clock_of_their_organization(self) -> None:
        subscription = yearly()
        organization = subscription.organization
        organization.clock_offset = timedelta(days=400)
        organization.save(update_fields=["clock_offset"])
        near = subscription.current_period_end_at - timedelta(days=2)

        assert due_reminders(Clock(near)) == []
        (due,) = reminders_due_until(organization.pk, near)
        assert due.subject_id == subscription.pk


def card_of(subscription: Subscription, *, year: int, month: int) -> PaymentMethod:
    return PaymentMethod.objects.create(
        created_at=START,
        organization=subscription.organization,
        customer=subscription.customer,
        processor_id=f"pm_{new_id().hex}",
        type="card",
        method_metadata={"brand": "visa", "last4": "4242", "exp_year": year, "exp_month": month},
    )


class TestEveryKind:
    @pytest.mark.parametrize("kind", sorted(KINDS))
    def test_has_words(self, kind: str) -> None:
        subscription = make_subscription()
        letter = render_letter(
            KINDS[kind],
            organization=subscription.organization,
            locale="en",
            context={
                **facts_of(subscription),
                "event_at": END.isoformat(),
                "ends_at": END.isoformat(),
                "expires_at": END.isoformat(),
                "claim_url": "https://pay.example.com/seats/claim/token",
                "lines": [{"label": "Pro", "amount": 1000}],
                "total_amount": 1000,
                "refunded_amount": 1000,
                "url": "https://hooks.example.com/",
                "skipped": 3,
            },
        )
        assert letter.subject
        assert len(letter.text) > 30
        assert "{" not in letter.text
