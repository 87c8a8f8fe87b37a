"""The verbs of staff as deeds: what the plan says, what is done, and what is refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from apps.core.plans import PlanChanged
from apps.events.models import Event
from apps.ledger.models import Entry
from apps.notifications.models import Mail
from apps.orders.models import Order
from apps.subscriptions.errors import AlreadyCanceledSubscription
from apps.subscriptions.models import BillingEntry, PendingUpdate, Subscription
from apps.subscriptions.operations import cancel_subscription, planning
from apps.subscriptions.operations.rehearsing import carry_out_deed, plan_deed
from apps.wallets.operations import adjust_wallet
from tests.support.subscribers import (
    START,
    at,
    make_discount,
    make_merchant,
    make_plan,
    make_subscription,
    seat_price,
)

pytestmark = pytest.mark.django_db
HALFWAY = START + timedelta(days=14)


def rows() -> tuple[Any, ...]:
    """How much there is of everything that a deed may write."""
    models = (Order, BillingEntry, Event, Mail, Entry, PendingUpdate)
    return (*(one.objects.count() for one in models), *Subscription.objects.values_list())


def changes_of(plan: Any) -> dict[str, tuple[str, str]]:
    """The changes by their subject."""
    return {one.subject: (one.before, one.after) for one in plan.changes}


class TestPlans:
    def test_leave_nothing_behind(self) -> None:
        one = make_subscription()
        product, _ = make_plan(one.organization, 3000, name="Max")
        before = rows()
        for deed in (
            planning.cancel_deed(one, reason=None, comment=None),
            planning.revoke_deed(one, reason="unused", comment="No time"),
            planning.pause_deed(one, resumes_at=None),
            planning.period_end_deed(one, period_end_at=HALFWAY + timedelta(days=90)),
            planning.trial_end_deed(one, trial_end_at=HALFWAY + timedelta(days=90)),
            planning.product_deed(one, product=product, behavior="prorate"),
        ):
            assert not plan_deed(deed, at(HALFWAY)).is_empty, deed.title
        assert rows() == before

    def test_of_a_cancellation_name_the_end_the_mail_and_the_webhooks(self) -> None:
        one = make_subscription()
        deed = planning.cancel_deed(one, reason="too_expensive", comment=None)
        plan = plan_deed(deed, at(HALFWAY))
        said = changes_of(plan)
        assert said["Ends"] == ("none", "2025-02-28")
        assert said["Why"] == ("none", "too expensive")
        assert said["Next charge"] == ("$10.00 on 2025-02-28", "none")
        assert [mail.to for mail in plan.mails] == [one.customer.email]
        assert [hook.event for hook in plan.webhooks] == [
            "subscription.updated",
            "subscription.canceled",
        ]
        assert not plan.money

    def test_say_which_mails_a_merchant_has_switched_off(self) -> None:
        merchant = make_merchant()
        merchant.customer_email_settings = {"subscription_cancellation": False}
        merchant.save()
        one = make_subscription(merchant)
        plan = plan_deed(planning.cancel_deed(one, reason=None, comment=None), at(HALFWAY))
        assert not plan.mails
        assert any("switched such mails off" in effect for effect in plan.effects)

    def test_of_an_end_name_the_orders_that_are_voided(self) -> None:
        one = make_subscription()
        order = Order.objects.create(
            created_at=START,
            organization=one.organization,
            customer=one.customer,
            product=one.product,
            subscription_id=one.pk,
            status="pending",
            billing_reason="subscription_cycle",
            currency="usd",
            subtotal_amount=1000,
            net_amount=1000,
            invoice_number="ACME-1",
        )
        plan = plan_deed(planning.revoke_deed(one, reason=None, comment=None), at(HALFWAY))
        assert changes_of(plan)[f"Order {order}"] == ("pending", "void")
        assert changes_of(plan)["Ends"] == ("none", "now")
        assert plan.warnings

    def test_of_a_change_show_the_prorated_lines_of_the_next_order(self) -> None:
        one = make_subscription(amount=2800)
        product, _ = make_plan(one.organization, 5600, name="Max")
        deed = planning.product_deed(one, product=product, behavior="prorate")
        plan = plan_deed(deed, at(HALFWAY))
        said = changes_of(plan)
        assert said["Product"] == ("Pro", "Max")
        assert said["Each period"] == ("$28.00 every month", "$56.00 every month")
        lines = {line.label: line.amount for line in plan.money}
        assert lines["On 2025-02-28: charged"] == 5600 + 1400
        assert all(line.is_of_the_moment for line in plan.money)
        later = plan_deed(deed, at(HALFWAY + timedelta(hours=5)))
        assert later.money != plan.money
        assert later.fingerprint == plan.fingerprint

    def test_of_a_change_that_credit_pays_show_the_order_and_the_booking(self) -> None:
        one = make_subscription(amount=2800)
        product, _ = make_plan(one.organization, 5600, name="Max")
        adjust_wallet(
            customer=one.customer, currency="usd", amount=9000, note="x", origin=at(HALFWAY)
        )
        deed = planning.product_deed(one, product=product, behavior="invoice")
        plan = plan_deed(deed, at(HALFWAY))
        lines = {line.label: line.amount for line in plan.money}
        assert lines["Wallet"] == -1400
        assert [line.amount for line in plan.transfers] == [1400]
        assert {"order.created", "order.paid"} <= {hook.event for hook in plan.webhooks}
        carry_out_deed(deed, agreed=plan.fingerprint, origin=at(HALFWAY))
        one.refresh_from_db()
        assert one.product == product
        assert Order.objects.get(subscription_id=one.pk).status == "paid"

    def test_of_seats_show_what_recurs(self) -> None:
        merchant = make_merchant()
        one = make_subscription(
            merchant, plan=make_plan(merchant, prices=[seat_price(500)]), seats=2
        )
        deed = planning.seats_deed(one, seats=5, behavior="next_period")
        said = changes_of(plan_deed(deed, at(HALFWAY)))
        assert said["Waits for the next period"] == ("none", "5 seats")
        carry_out_deed(deed, origin=at(HALFWAY))
        said = changes_of(plan_deed(planning.discard_update_deed(one), at(HALFWAY)))
        assert said["Waits for the next period"] == ("5 seats", "none")

    def test_of_a_discount_show_the_next_charge(self) -> None:
        one = make_subscription()
        deed = planning.discount_deed(one, discount=make_discount(one.organization))
        said = changes_of(plan_deed(deed, at(HALFWAY)))
        assert said["Next charge"] == ("$10.00 on 2025-02-28", "$5.00 on 2025-02-28")

    def test_of_the_end_of_a_trial_show_the_order_made_by_it(self) -> None:
        one = make_subscription(trial_end_at=START + timedelta(days=30))
        plan = plan_deed(planning.trial_end_deed(one, trial_end_at=None), at(HALFWAY))
        assert changes_of(plan)["Status"] == ("trialing", "active")
        assert ("Charged now", 1000) in [(line.label, line.amount) for line in plan.money]
        assert any("no payment method" in effect for effect in plan.effects)


class TestCarryingOut:
    def test_does_what_was_agreed_to(self) -> None:
        one = make_subscription()
        deed = planning.cancel_deed(one, reason=None, comment=None)
        agreed = plan_deed(deed, at(HALFWAY)).fingerprint
        carry_out_deed(deed, agreed=agreed, origin=at(HALFWAY + timedelta(minutes=2)))
        one.refresh_from_db()
        assert one.cancel_at_period_end
        assert Event.objects.filter(type="subscription.canceled").count() == 1
        # Mails are the outbox's, written once.
        assert not Mail.objects.exists()

    def test_refuses_what_is_another_plan_by_now_and_does_nothing(self) -> None:
        one = make_subscription()
        deed = planning.cancel_deed(one, reason=None, comment=None)
        agreed = plan_deed(deed, at(HALFWAY)).fingerprint
        Subscription.objects.filter(pk=one.pk).update(
            current_period_end_at=one.current_period_end_at + timedelta(days=3)
        )
        before = rows()
        with pytest.raises(PlanChanged) as changed:
            carry_out_deed(deed, agreed=agreed, origin=at(HALFWAY))
        assert changes_of(changed.value.plan)["Ends"] == ("none", "2025-03-03")
        assert rows() == before

    def test_refuses_what_the_operation_refuses(self) -> None:
        one = make_subscription()
        cancel_subscription(subscription_id=one.pk, origin=at(HALFWAY))
        deed = planning.cancel_deed(one, reason=None, comment=None)
        with pytest.raises(AlreadyCanceledSubscription):
            plan_deed(deed, at(HALFWAY))
        with pytest.raises(AlreadyCanceledSubscription):
            carry_out_deed(deed, agreed="0" * 32, origin=at(HALFWAY))
