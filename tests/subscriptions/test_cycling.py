from datetime import UTC, datetime, timedelta

import pytest
from django.test import override_settings

from apps.events.models import Event
from apps.orders.models import Order
from apps.subscriptions.errors import NotBillableSubscription
from apps.subscriptions.models import BillingEntry, PendingUpdate, Subscription
from apps.subscriptions.operations import (
    cancel_subscription,
    create_order_from_entries,
    cycle_subscription,
    pause_subscription,
    revoke_subscription,
)
from apps.subscriptions.periods import Period
from apps.subscriptions.selectors import pending_entries, prices_of
from apps.tax.calculators import TaxRequest, TaxResult
from apps.wallets.operations import adjust_wallet
from apps.wallets.selectors import balance
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
FEBRUARY = datetime(2025, 2, 28, 10, 30, tzinfo=UTC)
MARCH = datetime(2025, 3, 31, 10, 30, tzinfo=UTC)
YEAR_LATER = START + timedelta(days=365)


def cycle(subscription: Subscription, moment: datetime = FEBRUARY) -> Subscription:
    return cycle_subscription(subscription_id=subscription.pk, origin=at(moment))


class TestRenewing:
    def test_opens_the_next_period_and_bills_it_once(self) -> None:
        subscription = make_subscription()
        renewed = cycle(subscription)
        assert renewed.current_period_start_at == FEBRUARY
        assert renewed.current_period_end_at == MARCH
        order = Order.objects.get(subscription_id=subscription.pk)
        assert (order.status, order.billing_reason) == ("pending", "subscription_cycle")
        assert (order.total_amount, order.due_amount) == (1000, 1000)
        assert (order.period_start_at, order.period_end_at) == (FEBRUARY, MARCH)
        assert order.invoice_number
        entry = BillingEntry.objects.get(subscription=subscription)
        assert entry.order_item is not None
        assert entry.order_item.label == "Pro: 28 Feb 2025 to 31 Mar 2025"

    def test_does_nothing_the_second_time(self) -> None:
        subscription = make_subscription()
        cycle(subscription)
        again = cycle(subscription)
        assert again.current_period_end_at == MARCH
        assert Order.objects.filter(subscription_id=subscription.pk).count() == 1

    def test_catches_up_one_period_a_call(self) -> None:
        subscription = make_subscription()
        for _ in range(3):
            cycle(subscription, YEAR_LATER)
        starts = Order.objects.filter(subscription_id=subscription.pk).order_by("period_start_at")
        days = [start.day for start in starts.values_list("period_start_at", flat=True)]
        assert days == [28, 31, 30]

    def test_tells_what_became_of_it(self) -> None:
        subscription = make_subscription()
        cycle(subscription)
        event = Event.objects.get(type="subscription.cycled")
        assert event.changes["current_period_end_at"] == [FEBRUARY.isoformat(), MARCH.isoformat()]
        assert event.payload["billing_reason"] == "subscription_cycle"
        assert event.payload["due_amount"] == 1000
        assert "claimed_until" not in event.changes

    def test_keeps_a_subscribers_own_price_and_names_the_quantity(self) -> None:
        merchant = make_merchant()
        product, prices = make_plan(merchant, prices=[seat_price(500)])
        subscription = make_subscription(merchant, plan=(product, prices), seats=2)
        prices[0].archived_at = START
        prices[0].save(update_fields=["archived_at"])
        cycle(subscription)
        order = Order.objects.get(subscription_id=subscription.pk)
        assert order.total_amount == 1000
        assert order.items.get().label == "Pro (2 seats): 28 Feb 2025 to 31 Mar 2025"

    def test_past_due_ones_go_on_and_stay_so(self) -> None:
        subscription = make_subscription()
        Subscription.objects.filter(pk=subscription.pk).update(status="past_due", past_due_at=START)
        assert cycle(subscription).status == "past_due"
        assert Order.objects.filter(subscription_id=subscription.pk).count() == 1

    def test_waits_for_an_organization_that_may_not_renew(self) -> None:
        subscription = make_subscription()
        merchant = subscription.organization
        merchant.capabilities = {"subscription_renewals": False}
        merchant.save(update_fields=["capabilities"])
        assert cycle(subscription).current_period_end_at == FEBRUARY
        assert not Order.objects.exists()

    def test_waits_for_a_change_that_is_being_paid_for(self) -> None:
        subscription = make_subscription()
        PendingUpdate.objects.create(
            created_at=START,
            organization=subscription.organization,
            subscription=subscription,
            timing=PendingUpdate.Timing.PAYMENT,
            applies_at=START,
        )
        assert cycle(subscription).current_period_end_at == FEBRUARY

    def test_refuses_what_is_not_billed(self) -> None:
        subscription = make_subscription()
        revoke_subscription(subscription_id=subscription.pk, origin=at())
        with pytest.raises(NotBillableSubscription):
            cycle(subscription)
        pausing = make_subscription()
        pause_subscription(subscription_id=pausing.pk, origin=at())
        cycle(pausing)
        with pytest.raises(NotBillableSubscription):
            cycle(pausing)

    def test_an_end_beats_a_pause(self) -> None:
        subscription = make_subscription()
        cancel_subscription(subscription_id=subscription.pk, origin=at())
        Subscription.objects.filter(pk=subscription.pk).update(pause_at_period_end=True)
        assert cycle(subscription).status == "canceled"


class TestBilling:
    @staticmethod
    def entry(subscription: Subscription, amount: int, direction: str = "debit") -> BillingEntry:
        return BillingEntry.objects.create(
            created_at=START,
            organization=subscription.organization,
            subscription=subscription,
            product=subscription.product,
            price=prices_of(subscription)[0].price,
            type="proration",
            direction=direction,
            amount=amount,
            currency="usd",
            start_at=START,
            end_at=FEBRUARY,
        )

    def test_what_waited_is_part_of_the_next_order_and_not_discounted_again(self) -> None:
        merchant = make_merchant()
        discount = make_discount(merchant, 5000, duration="forever")
        subscription = make_subscription(merchant, discount=discount)
        self.entry(subscription, 250, "credit")
        self.entry(subscription, 700)
        cycle(subscription)
        order = Order.objects.get(subscription_id=subscription.pk)
        items = order.items.order_by("position")
        assert [item.amount for item in items] == [-250, 700, 1000]
        assert (order.discount_amount, order.total_amount) == (500, 950)
        assert sum(item.net_amount for item in items) == order.net_amount
        assert items[0].label.startswith("Unused time on Pro: ")
        assert items[1].label.startswith("Remaining time on Pro: ")

    def test_a_credit_pays_the_order_and_announces_it_in_order(self) -> None:
        subscription = make_subscription()
        adjust_wallet(
            customer=subscription.customer, currency="usd", amount=1500, note="", origin=at()
        )
        cycle(subscription)
        order = Order.objects.get(subscription_id=subscription.pk)
        assert (order.status, order.applied_balance_amount, order.due_amount) == (
            "paid",
            -1000,
            0,
        )
        assert balance(subscription.customer_id, "usd") == 500
        types = Event.objects.filter(subject_id=str(order.pk)).order_by("id")
        assert list(types.values_list("type", flat=True)) == ["order.created", "order.paid"]

    def test_too_little_to_charge_is_carried_over(self) -> None:
        subscription = make_subscription(amount=30)
        cycle(subscription)
        assert Order.objects.get(subscription_id=subscription.pk).status == "paid"
        assert balance(subscription.customer_id, "usd") == -30
        cycle(subscription, MARCH)
        latest = Order.objects.filter(subscription_id=subscription.pk).latest("period_start_at")
        assert (latest.status, latest.applied_balance_amount, latest.due_amount) == (
            "pending",
            30,
            60,
        )

    def test_a_credit_above_the_price_is_kept_as_balance(self) -> None:
        subscription = make_subscription()
        self.entry(subscription, 1800, "credit")
        cycle(subscription)
        order = Order.objects.get(subscription_id=subscription.pk)
        assert (order.status, order.total_amount) == ("paid", -800)
        assert balance(subscription.customer_id, "usd") == 800

    def test_a_period_has_one_order_whoever_asks(self) -> None:
        subscription = cycle(make_subscription())
        period = Period(FEBRUARY, MARCH)
        self.entry(subscription, 100)
        again = create_order_from_entries(
            subscription=subscription,
            reason="subscription_cycle",
            cutoff_at=MARCH,
            period=period,
            origin=at(MARCH),
        )
        assert again == Order.objects.get(subscription_id=subscription.pk)
        assert pending_entries(subscription).count() == 1

    def test_nothing_is_made_of_nothing(self) -> None:
        made = create_order_from_entries(
            subscription=make_subscription(),
            reason="subscription_update",
            cutoff_at=MARCH,
            origin=at(MARCH),
        )
        assert made is None

    def test_an_end_bills_what_is_left_over(self) -> None:
        subscription = make_subscription()
        cancel_subscription(subscription_id=subscription.pk, origin=at())
        self.entry(subscription, 400)
        cycle(subscription)
        order = Order.objects.get(subscription_id=subscription.pk)
        assert (order.status, order.billing_reason) == ("pending", "subscription_cancel")
        assert (order.period_start_at, order.total_amount) == (None, 400)

    def test_a_discount_that_is_over_is_gone_with_the_period(self) -> None:
        merchant = make_merchant()
        subscription = make_subscription(merchant, discount=make_discount(merchant))
        assert subscription.amount == 500
        row = cycle(subscription)
        assert (row.discount, row.amount, row.net_amount) == (None, 1000, 1000)
        assert Order.objects.get(subscription_id=row.pk).discount_amount == 0

    @override_settings(TAX_CALCULATORS=["tests.support.calculators.PerplexedCalculator"])
    def test_an_address_that_cannot_be_taxed_holds_up_no_renewal(self) -> None:
        subscription = make_subscription()
        cycle(subscription)
        order = Order.objects.get(subscription_id=subscription.pk)
        assert (order.status, order.tax_amount, order.due_amount) == ("pending", 0, 1000)

    def test_the_net_share_is_learned_from_what_was_charged(self) -> None:
        subscription = make_subscription(amount=1200, tax_behavior="inclusive")
        with override_settings(TAX_CALCULATORS=[f"{__name__}.Fifth"]):
            row = cycle(subscription)
        order = Order.objects.get(subscription_id=row.pk)
        assert (order.net_amount, order.tax_amount, order.total_amount) == (1000, 200, 1200)
        assert row.net_amount == 1000
        item = order.items.get()
        assert (item.amount, item.net_amount, item.tax_amount) == (1200, 1000, 200)


class Fifth:
    """Twenty percent, inside the price."""

    name = "fifth"

    def calculate(self, request: TaxRequest) -> TaxResult:
        return TaxResult(
            tax_amount=request.amount // 6, behavior=request.behavior, processor=self.name
        )
