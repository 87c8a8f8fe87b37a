from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.discounts.terms import DiscountTerms, FixedDiscount, PercentageDiscount
from apps.subscriptions.periods import Period
from apps.subscriptions.pricing import recurring_amount
from apps.subscriptions.proration import (
    Counted,
    EntryDraft,
    PricedLine,
    Quantity,
    fresh_period,
    product_change,
    prorated,
    quantity_change,
    share_after,
)

JUNE = Period(datetime(2025, 6, 1, tzinfo=UTC), datetime(2025, 7, 1, tzinfo=UTC))
MIDDLE = datetime(2025, 6, 16, tzinfo=UTC)

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
AMOUNTS = st.integers(0, 10**7)
LINES = st.lists(
    st.builds(
        PricedLine,
        price_id=st.uuids(version=4),
        kind=st.sampled_from(["fixed", "seat", "unit", "metered"]),
        amount=AMOUNTS,
    ),
    max_size=4,
    unique_by=lambda line: line.price_id,
)
DISCOUNTS: st.SearchStrategy[DiscountTerms | None] = st.one_of(
    st.none(),
    st.builds(PercentageDiscount, bps=st.integers(1, 10_000)),
    st.builds(FixedDiscount, amounts=st.fixed_dictionaries({"usd": AMOUNTS})),
)


@st.composite
def periods(draw: st.DrawFn) -> Period:
    start = draw(st.integers(0, 60 * 365 * 86_400).map(lambda s: EPOCH + timedelta(seconds=s)))
    return Period(start, start + draw(st.timedeltas(timedelta(seconds=1), timedelta(days=1200))))


@st.composite
def moments(draw: st.DrawFn) -> tuple[Period, datetime]:
    """A period, and an instant in it or a while after its end."""
    period = draw(periods())
    length = period.end_at - period.start_at
    return period, period.start_at + length * draw(st.integers(0, 1200)) / 1000


def line(amount: int, kind: str = "fixed", number: int = 1) -> PricedLine:
    return PricedLine(price_id=UUID(int=number), kind=kind, amount=amount)


def net(entries: Sequence[EntryDraft]) -> int:
    return sum(entry.signed_amount for entry in entries)


class TestProductChange:
    @given(LINES, LINES, DISCOUNTS, DISCOUNTS, moments())
    def test_and_its_reverse_at_the_same_instant_net_to_zero(
        self,
        old: list[PricedLine],
        new: list[PricedLine],
        old_discount: DiscountTerms | None,
        new_discount: DiscountTerms | None,
        moment: tuple[Period, datetime],
    ) -> None:
        period, at = moment
        there = product_change(
            old=old,
            new=new,
            old_discount=old_discount,
            new_discount=new_discount,
            currency="usd",
            at=at,
            period=period,
        )
        back = product_change(
            old=new,
            new=old,
            old_discount=new_discount,
            new_discount=old_discount,
            currency="usd",
            at=at,
            period=period,
        )
        assert net(there) + net(back) == 0

    @given(
        st.lists(AMOUNTS, min_size=1, max_size=8),
        st.lists(st.integers(0, 1000), min_size=8, max_size=8),
        periods(),
    )
    def test_a_row_of_changes_bills_each_price_for_its_own_stretch(
        self, prices: list[int], cuts: list[int], period: Period
    ) -> None:
        length = period.end_at - period.start_at
        times = [period.start_at + length * cut / 1000 for cut in sorted(cuts[: len(prices) - 1])]
        billed = prices[0]
        for (old, new), at in zip(pairwise(prices), times, strict=True):
            entries = product_change(
                old=[line(old)],
                new=[line(new)],
                old_discount=None,
                new_discount=None,
                currency="usd",
                at=at,
                period=period,
            )
            billed += net(entries)
        edges = [period.start_at, *times, period.end_at]
        exact = sum(
            Fraction((end - start) // timedelta(microseconds=1)) * price
            for start, end, price in zip(edges, edges[1:], prices, strict=False)
        ) / (length // timedelta(microseconds=1))
        # Two entries of a change are each at most half a unit off.
        assert abs(billed - exact) <= len(times)

    def test_credits_the_rest_of_the_old_price_and_debits_that_of_the_new(self) -> None:
        entries = product_change(
            old=[line(10_000)],
            new=[line(30_000, number=2)],
            old_discount=None,
            new_discount=None,
            currency="usd",
            at=MIDDLE,
            period=JUNE,
        )
        assert [entry.signed_amount for entry in entries] == [-5_000, 15_000]
        assert {entry.period for entry in entries} == {Period(MIDDLE, JUNE.end_at)}

    def test_a_fresh_period_is_owed_whole(self) -> None:
        fresh = Period(MIDDLE, datetime(2026, 6, 16, tzinfo=UTC))
        entries = product_change(
            old=[line(10_000)],
            new=[line(100_000, number=2)],
            old_discount=None,
            new_discount=None,
            currency="usd",
            at=MIDDLE,
            period=JUNE,
            fresh=fresh,
        )
        assert [(entry.signed_amount, entry.period.end_at) for entry in entries] == [
            (-5_000, JUNE.end_at),
            (100_000, fresh.end_at),
        ]

    def test_a_tie_goes_to_the_even_unit(self) -> None:
        entries = product_change(
            old=[line(1001)],
            new=[line(1003, number=2)],
            old_discount=None,
            new_discount=None,
            currency="usd",
            at=MIDDLE,
            period=JUNE,
        )
        assert [entry.signed_amount for entry in entries] == [-500, 502]

    def test_usage_and_what_is_free_have_no_entry(self) -> None:
        entries = product_change(
            old=[line(0), line(700, "metered", 2)],
            new=[line(0, number=3)],
            old_discount=None,
            new_discount=None,
            currency="usd",
            at=MIDDLE,
            period=JUNE,
        )
        assert entries == []

    @given(LINES, LINES, periods())
    def test_after_the_end_of_the_period_nothing_is_left(
        self, old: list[PricedLine], new: list[PricedLine], period: Period
    ) -> None:
        entries = product_change(
            old=old,
            new=new,
            old_discount=None,
            new_discount=None,
            currency="usd",
            at=period.end_at + timedelta(hours=1),
            period=period,
        )
        assert entries == []


class TestProrated:
    @given(AMOUNTS, periods(), st.lists(st.integers(0, 1000), max_size=9))
    def test_parts_of_any_cut_add_up_to_the_whole_within_half_a_unit_each(
        self, amount: int, period: Period, cuts: list[int]
    ) -> None:
        length = period.end_at - period.start_at
        edges = [period.start_at, *(period.start_at + length * cut / 1000 for cut in sorted(cuts))]
        edges.append(period.end_at)
        shares = [
            share_after(period, start) - share_after(period, end) for start, end in pairwise(edges)
        ]
        assert sum(shares) == 1
        total = sum(prorated(amount, share) for share in shares)
        assert abs(total - amount) <= Fraction(len(shares), 2)


def seats(number: int, price: int) -> list[PricedLine]:
    return [line(10_000, number=9), line(number * price, "seat")]


class TestQuantityChange:
    @given(st.integers(0, 500), st.integers(0, 500), st.integers(0, 10_000), DISCOUNTS, moments())
    def test_and_its_reverse_at_the_same_instant_net_to_zero(
        self,
        few: int,
        many: int,
        price: int,
        discount: DiscountTerms | None,
        moment: tuple[Period, datetime],
    ) -> None:
        period, at = moment
        total = 0
        for before, after in ((few, many), (many, few)):
            entries = quantity_change(
                before=seats(before, price),
                after=seats(after, price),
                counted=Counted(
                    price_id=UUID(int=1), quantity=Quantity.SEATS, before=before, after=after
                ),
                discount=discount,
                currency="usd",
                at=at,
                period=period,
            )
            assert len(entries) <= 1
            total += net(entries)
        assert total == 0

    @pytest.mark.parametrize(
        ("before", "after", "amount", "kind"),
        [(1, 2, 501, "subscription_seats_increase"), (2, 1, -501, "subscription_seats_decrease")],
    )
    def test_cuts_half_a_unit_off(self, before: int, after: int, amount: int, kind: str) -> None:
        (entry,) = quantity_change(
            before=[line(before * 1003, "seat")],
            after=[line(after * 1003, "seat")],
            counted=Counted(
                price_id=UUID(int=1), quantity=Quantity.SEATS, before=before, after=after
            ),
            discount=None,
            currency="usd",
            at=MIDDLE,
            period=JUNE,
        )
        assert (entry.signed_amount, entry.type) == (amount, kind)
        assert (entry.quantity_before, entry.quantity_after) == (before, after)

    def test_a_fixed_discount_is_shared_with_the_base_price(self) -> None:
        (entry,) = quantity_change(
            before=seats(2, 5_000),
            after=seats(4, 5_000),
            counted=Counted(price_id=UUID(int=1), quantity=Quantity.SEATS, before=2, after=4),
            discount=FixedDiscount(amounts={"usd": 15_000}),
            currency="usd",
            at=MIDDLE,
            period=JUNE,
        )
        assert entry.signed_amount == 3_750

    def test_is_nothing_under_a_discount_of_everything(self) -> None:
        entries = quantity_change(
            before=seats(2, 5_000),
            after=seats(4, 5_000),
            counted=Counted(price_id=UUID(int=1), quantity=Quantity.SEATS, before=2, after=4),
            discount=PercentageDiscount(bps=10_000),
            currency="usd",
            at=MIDDLE,
            period=JUNE,
        )
        assert entries == []


class TestFreshPeriod:
    @given(LINES, DISCOUNTS)
    def test_bills_what_recurs_within_a_unit_for_each_price(
        self, lines: list[PricedLine], discount: DiscountTerms | None
    ) -> None:
        lines = [line for line in lines if line.kind != "metered"]
        entries = fresh_period(lines=lines, discount=discount, currency="usd", fresh=JUNE)
        assert abs(
            net(entries) - recurring_amount([line.amount for line in lines], discount, "usd")
        ) <= len(lines)
        assert all(entry.direction == "debit" for entry in entries)

    def test_shows_the_new_number_of_seats_and_bills_the_base_price_too(self) -> None:
        entries = fresh_period(
            lines=seats(5, 1_000),
            discount=None,
            currency="usd",
            fresh=JUNE,
            counted=Counted(price_id=UUID(int=1), quantity=Quantity.SEATS, before=10, after=5),
        )
        assert [(entry.type, entry.signed_amount) for entry in entries] == [
            ("proration", 10_000),
            ("subscription_seats_increase", 5_000),
        ]
