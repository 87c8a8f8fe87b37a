import json
from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from apps.catalog.operations import PriceInput, ProductInput, create_product
from apps.core.exchange import stored_rates
from apps.core.ids import new_id
from apps.core.money import PRESENTMENT_CURRENCIES
from apps.discounts.backfill import missing_amounts
from apps.discounts.conversion import converted, step_of
from apps.discounts.operations import backfill_discount_currencies, redeem
from apps.events.models import Event
from tests.discounts.conftest import NOW, ORIGIN


@pytest.fixture
def rates(db, settings, tmp_path):
    """One dollar is 0.9 euro or 150 yen."""
    path = tmp_path / "rates.json"
    path.write_text(json.dumps({"base": "USD", "rates": {"EUR": 0.9, "JPY": 150}}))
    settings.EXCHANGE_RATES_FILE = str(path)
    call_command("update_rates", stdout=StringIO())


@pytest.fixture
def sell(organization):
    def make(*currencies):
        prices = [PriceInput(kind="fixed", fixed_amount=5000, currency=one) for one in currencies]
        return create_product(
            organization=organization,
            data=ProductInput(name="Plan", prices=prices),
            origin=ORIGIN,
        )

    return make


def run(organization, *options):
    output = StringIO()
    call_command(
        "backfill_discount_currencies", "--organization", organization.slug, *options, stdout=output
    )
    return output.getvalue()


class TestConverted:
    @pytest.mark.parametrize(
        ("amount", "source", "target", "rate", "expected"),
        [
            (500, "usd", "eur", "0.9234", 460),
            (1000, "usd", "jpy", "154.3", 1550),
            (5000, "usd", "eur", "0.9234", 4600),
            (99, "usd", "eur", "0.9", 89),
            (1, "usd", "eur", "0.1", 1),
            (0, "usd", "eur", "0.9", 0),
            (700, "jpy", "usd", "0.0066", 460),
            (500, "usd", "krw", "1450", 7300),
        ],
    )
    def test_is_a_round_amount(self, amount, source, target, rate, expected):
        assert converted(amount, source, target, Decimal(rate)) == expected

    @given(st.integers(100, 10**9), st.decimals("0.5", "20000", places=4))
    def test_is_at_most_a_fortieth_off(self, amount, rate):
        exact = amount * rate
        off = abs(converted(amount, "usd", "eur", rate) - exact)
        assert off <= max(exact / 40, Decimal("0.5"))

    def test_goes_up_in_fives_and_tens(self):
        steps = [step_of(Decimal(one)) for one in (0, 99, 100, 199, 200, 1000, 2000)]
        assert steps == [1, 1, 5, 5, 10, 50, 100]


@pytest.mark.django_db
class TestStoredRates:
    def test_lead_from_any_currency_to_any(self, rates):
        stored = stored_rates()

        assert stored.rate("usd", "eur") == Decimal("0.9")
        assert stored.rate("eur", "usd") == 1 / Decimal("0.9")
        assert stored.rate("eur", "jpy") == 150 / Decimal("0.9")
        assert stored.rate("usd", "chf") is None

    def test_of_the_sandbox_cover_every_currency_that_buyers_pay_in(self):
        call_command("update_rates", stdout=StringIO())

        assert set(stored_rates().by_currency) == set(PRESENTMENT_CURRENCIES)

    def test_are_none_until_they_are_loaded(self):
        assert stored_rates().rate("usd", "eur") is None


class TestBackfill:
    def test_adds_the_currencies_that_products_are_sold_in(
        self, rates, organization, make_discount, sell
    ):
        sell("usd", "eur", "jpy")
        discount = make_discount(type="fixed", amounts={"usd": 500})

        assert backfill_discount_currencies(organization=organization, origin=ORIGIN) == 2
        assert backfill_discount_currencies(organization=organization, origin=ORIGIN) == 0
        discount.refresh_from_db()
        assert discount.amounts == {"usd": 500, "eur": 450, "jpy": 750}
        assert Event.objects.get(type="discount.updated").changes["amounts"][0] == {"usd": 500}

    def test_leaves_what_a_redeemed_one_gives(
        self, rates, organization, make_discount, make_buyer, sell
    ):
        sell("usd", "eur")
        discount = make_discount(type="fixed", amounts={"usd": 777})
        redeem(
            discount=discount,
            checkout_id=new_id(),
            customer=make_buyer(),
            email=None,
            origin=ORIGIN,
        )

        backfill_discount_currencies(organization=organization, origin=ORIGIN)

        discount.refresh_from_db()
        assert discount.amounts["usd"] == 777
        assert "eur" in discount.amounts

    def test_looks_at_the_products_of_a_restricted_one_alone(
        self, rates, organization, make_discount, sell
    ):
        sell("usd", "jpy")
        plan = sell("usd", "eur")
        make_discount(type="fixed", amounts={"usd": 500}, products=[plan.pk])

        assert [one.currency for one in missing_amounts(organization, NOW)] == ["eur"]

    def test_passes_over_what_nobody_can_use(self, rates, organization, make_discount, sell):
        sell("usd", "eur")
        make_discount()
        make_discount(type="fixed", amounts={"usd": 500}, ends_at=NOW - timedelta(days=1))

        assert missing_amounts(organization, NOW) == []


class TestCommand:
    def test_shows_what_it_would_do(self, rates, organization, make_discount, sell):
        sell("usd", "eur", "chf")
        discount = make_discount(type="fixed", amounts={"usd": 500}, code="FIVE")

        text = run(organization)

        lines = [line.split() for line in text.splitlines()]
        assert ["Spring", "FIVE", "$5.00", "0.9", "EUR", "€4.50"] in lines
        assert ["Spring", "FIVE", "$5.00", "no", "rate", "CHF"] in lines
        assert "1 amount to add" in text
        discount.refresh_from_db()
        assert discount.amounts == {"usd": 500}

    def test_does_it_when_told(self, rates, organization, make_discount, sell):
        sell("usd", "eur")
        discount = make_discount(type="fixed", amounts={"usd": 500})

        assert "1 amount added." in run(organization, "--apply")
        discount.refresh_from_db()
        assert discount.amounts == {"usd": 500, "eur": 450}
        assert run(organization, "--apply") == "No fixed discount lacks a currency.\n"

    def test_needs_an_organization(self, db):
        with pytest.raises(CommandError, match="no organization"):
            call_command("backfill_discount_currencies", "--organization", "nobody")
