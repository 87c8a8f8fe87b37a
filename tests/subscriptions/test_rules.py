from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.catalog.pricing import CustomTerms, FixedTerms, MeteredTerms, SeatTerms
from apps.catalog.tiers import TierType, flat
from apps.discounts.terms import FixedDiscount, PercentageDiscount, is_expired
from apps.orders.totals import shared_tax
from apps.subscriptions.announcements import access_after, customer_mail, merchant_events
from apps.subscriptions.pricing import is_free_of_charge, price_amount, recurring_amount
from apps.subscriptions.reminders import is_reminder_due, renewal_reminder_at, trial_reminder_at
from apps.subscriptions.states import SUBSCRIPTION

DAY = datetime(2025, 1, 31, tzinfo=UTC)


class TestDiscounts:
    @pytest.mark.parametrize(
        ("duration", "months", "start", "is_over"),
        [
            ("forever", None, DAY.replace(year=2099), False),
            ("once", None, DAY, False),
            ("once", None, DAY + timedelta(days=28), True),
            ("repeating", 12, DAY.replace(year=2026), True),
            ("repeating", 13, DAY.replace(year=2026), False),
            ("repeating", 2, datetime(2025, 2, 28, tzinfo=UTC), False),
            ("repeating", 2, datetime(2025, 3, 31, tzinfo=UTC), True),
        ],
    )
    def test_hold_for_calendar_months(
        self, duration: str, months: int | None, start: datetime, is_over: bool
    ) -> None:
        found = is_expired(duration=duration, months=months, applied_at=DAY, period_start_at=start)
        assert found is is_over

    def test_one_that_never_counted_is_not_over(self) -> None:
        assert not is_expired(duration="once", months=None, applied_at=None, period_start_at=DAY)


class TestAmounts:
    def test_the_discount_is_on_the_sum(self) -> None:
        third = PercentageDiscount(bps=3333)
        assert recurring_amount([100, 100], third, "usd") == 133
        assert recurring_amount([100], FixedDiscount(amounts={"usd": 500}), "usd") == 0
        assert recurring_amount([100], FixedDiscount(amounts={"eur": 500}), "usd") == 100

    def test_a_buyers_own_amount_counts(self) -> None:
        terms = CustomTerms(minimum_amount=100, preset_amount=300)
        assert price_amount(terms, seats=None, units=None, chosen_amount=700) == 700
        assert price_amount(terms, seats=None, units=None) == 300

    def test_only_what_never_costs_is_free(self) -> None:
        free_seats = SeatTerms(TierType.VOLUME, flat(Decimal(0)))
        paid_seats = SeatTerms(TierType.VOLUME, flat(Decimal(5)))
        assert is_free_of_charge([FixedTerms(0), free_seats])
        assert not is_free_of_charge([FixedTerms(0), paid_seats])
        assert not is_free_of_charge([MeteredTerms(Decimal(1))])
        assert not is_free_of_charge([CustomTerms(minimum_amount=0)])

    @given(st.lists(st.integers(-(10**6), 10**6), max_size=8), st.integers(-(10**6), 10**6))
    def test_lines_carry_the_tax_to_the_unit(self, amounts: list[int], tax: int) -> None:
        parts = shared_tax(amounts, tax)
        assert len(parts) == len(amounts)
        assert sum(parts) == (tax if sum(amounts) else 0)


class TestReminders:
    @pytest.mark.parametrize(
        ("interval", "count", "is_long"),
        [
            ("day", 179, False),
            ("day", 180, True),
            ("week", 25, True),
            ("month", 5, False),
            ("month", 6, True),
            ("year", 1, True),
        ],
    )
    def test_only_long_periods_are_forgotten(
        self, interval: str, count: int, is_long: bool
    ) -> None:
        found = renewal_reminder_at(interval=interval, count=count, period_end_at=DAY)
        assert found == (DAY - timedelta(days=7) if is_long else None)

    @pytest.mark.parametrize(
        ("hours", "lead_hours"), [(23, None), (24, 24), (71, 24), (72, 72), (720, 72)]
    )
    def test_trials_are_told_in_time(self, hours: int, lead_hours: int | None) -> None:
        end = DAY + timedelta(hours=hours)
        found = trial_reminder_at(trial_start_at=DAY, trial_end_at=end)
        assert found == (None if lead_hours is None else end - timedelta(hours=lead_hours))

    def test_a_reminder_is_not_for_what_has_happened(self) -> None:
        assert is_reminder_due(DAY, event_at=DAY + timedelta(days=7), at=DAY)
        assert not is_reminder_due(DAY, event_at=DAY + timedelta(days=7), at=DAY.replace(day=30))
        assert not is_reminder_due(DAY, event_at=DAY, at=DAY)
        assert not is_reminder_due(None, event_at=DAY, at=DAY)


class TestWhatFollows:
    def test_a_merchant_hears_of_an_end_as_a_cancellation_too_if_it_is_new(self) -> None:
        name = "subscription.revoked"
        assert merchant_events(name, {}) == ["subscription.updated", name]
        assert merchant_events(name, {"is_newly_canceled": True}) == [
            "subscription.updated",
            "subscription.canceled",
            name,
        ]
        assert merchant_events("order.paid", {}) == []

    def test_access_goes_with_pause_and_end_and_comes_back(self) -> None:
        assert access_after("subscription.paused", {}) == "revoke"
        assert access_after("subscription.reinstated", {}) == "grant"
        assert access_after("subscription.canceled", {}) is None
        assert access_after("subscription.cycled", {"is_product_changed": True}) == "grant"

    def test_no_mail_where_the_customer_is_not_to_be_told(self) -> None:
        assert customer_mail("subscription.revoked", {}) == "subscription_revoked"
        assert customer_mail("subscription.revoked", {"is_customer_told": False}) is None

    def test_an_end_is_final_but_for_staff(self) -> None:
        assert SUBSCRIPTION.moves["canceled"] == {"active"}
