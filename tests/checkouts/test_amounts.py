from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.catalog.pricing import (
    CustomTerms,
    FixedTerms,
    MeteredTerms,
    MissingQuantityError,
    SeatTerms,
    Selection,
    UnitTerms,
)
from apps.catalog.tiers import TierType, flat
from apps.checkouts.amounts import (
    Basket,
    KnownTax,
    can_be_discounted,
    payment_needs,
    prefilled,
    quote,
    seat_limits,
    with_amount,
    with_prices,
)
from apps.discounts.terms import Duration, FixedDiscount, PercentageDiscount

AMOUNTS = st.integers(0, 10**9)
SEATS = SeatTerms(TierType.VOLUME, flat(Decimal(1000)))
CUSTOM = CustomTerms(minimum_amount=500)


def basket(*prices, **facts) -> Basket:  # type: ignore[no-untyped-def]
    return Basket(currency="usd", prices=prices, **facts)


class TestQuote:
    @given(
        AMOUNTS,
        st.integers(1, 10_000),
        st.integers(0, 10**6),
        st.sampled_from(["inclusive", "exclusive"]),
    )
    def test_adds_up(self, amount: int, bps: int, tax: int, behavior: str) -> None:
        result = quote(
            basket(
                FixedTerms(amount),
                discount=PercentageDiscount(bps=bps),
                tax=KnownTax(tax, behavior),
            )
        )
        assert result.net_amount + tax == result.total_amount
        inside = tax if behavior == "inclusive" else 0
        assert result.net_amount == amount - result.discount_amount - inside
        assert 0 <= result.discount_amount <= amount

    @given(AMOUNTS, AMOUNTS)
    def test_takes_no_more_off_than_there_is(self, amount: int, off: int) -> None:
        result = quote(basket(FixedTerms(amount), discount=FixedDiscount(amounts={"usd": off})))
        assert result.total_amount == max(0, amount - off)

    def test_discounts_the_whole_of_base_and_seats(self) -> None:
        offer = basket(
            FixedTerms(2000),
            SEATS,
            selection=Selection(seats=3),
            discount=PercentageDiscount(bps=1000),
        )
        result = quote(offer)
        assert (result.amount, result.discount_amount, result.taxable_amount) == (5000, 500, 4500)

    def test_leaves_an_unknown_tax_unknown(self) -> None:
        result = quote(basket(FixedTerms(1000)))
        assert (result.tax_amount, result.total_amount) == (None, 1000)

    @pytest.mark.parametrize("terms", [SEATS, UnitTerms(TierType.VOLUME, flat(Decimal(5)))])
    def test_insists_on_a_quantity_only_when_strict(self, terms: SeatTerms | UnitTerms) -> None:
        assert quote(basket(terms)).amount == terms.minimum * terms.tiers[0].unit_amount
        with pytest.raises(MissingQuantityError):
            quote(basket(terms), strict=True)


class TestPaymentNeeds:
    @pytest.mark.parametrize(
        ("offer", "payment", "setup"),
        [
            (basket(FixedTerms(1000)), True, False),
            (basket(FixedTerms(0)), False, False),
            (basket(FixedTerms(1000), is_recurring=True), True, True),
            (basket(FixedTerms(1000), is_recurring=True, has_trial=True), False, True),
            (basket(MeteredTerms(Decimal(10)), is_recurring=True), False, True),
            (
                basket(
                    FixedTerms(1000),
                    is_recurring=True,
                    discount=PercentageDiscount(bps=10_000, duration=Duration.ONCE),
                ),
                False,
                True,
            ),
            (
                basket(
                    FixedTerms(1000),
                    is_recurring=True,
                    discount=PercentageDiscount(bps=10_000, duration=Duration.FOREVER),
                ),
                False,
                False,
            ),
        ],
    )
    def test_asks_for_what_will_be_charged(self, offer: Basket, payment: bool, setup: bool) -> None:
        needs = payment_needs(offer)
        assert (needs.is_payment_required, needs.is_setup_required) == (payment, setup)
        assert needs.is_form_required is (payment or setup)


class TestChoices:
    def test_only_a_custom_price_takes_the_buyers_amount(self) -> None:
        assert quote(with_amount(basket(CUSTOM), 700)).amount == 700
        assert quote(with_amount(basket(FixedTerms(900)), 700)).amount == 900

    @pytest.mark.parametrize(
        ("raw", "amount"), [("1000", 1000), ("100", 500), ("x", 500), ("", 500), (None, 500)]
    )
    def test_a_link_ignores_an_amount_that_cannot_be(self, raw: str | None, amount: int) -> None:
        assert quote(prefilled(basket(CUSTOM), raw)).amount == amount

    def test_another_product_drops_choices_tax_and_a_discount_that_no_longer_applies(self) -> None:
        offer = basket(
            CUSTOM,
            selection=Selection(amount=900),
            discount=PercentageDiscount(bps=1000),
            tax=KnownTax(5, "exclusive"),
        )
        kept = with_prices(offer, (FixedTerms(1000),))
        assert (kept.discount, kept.tax, kept.selection.amount) == (offer.discount, None, None)
        assert with_prices(offer, (FixedTerms(0),)).discount is None

    def test_a_fixed_discount_needs_an_amount_in_the_currency(self) -> None:
        euros = FixedDiscount(amounts={"eur": 100})
        assert not can_be_discounted(basket(FixedTerms(1000), discount=euros))
        assert not can_be_discounted(basket(FixedTerms(1000)))

    def test_locked_seats_can_be_neither_raised_nor_lowered(self) -> None:
        locked = seat_limits(basket(SEATS), locked_seats=7)
        assert locked is not None
        assert (locked.seats, locked.minimum, locked.maximum) == (7, 7, 7)
        assert seat_limits(basket(FixedTerms(1))) is None
