from datetime import timedelta

import pytest

from apps.core.errors import ResourceNotFound, ValidationFailed
from apps.core.ids import new_id
from apps.discounts.operations import delete_discount, redeem, update_discount
from apps.discounts.selectors import find_by_code, is_applicable
from apps.events.models import Event
from tests.discounts.conftest import NOW, ORIGIN, new_discount
from tests.support import merchants

pytestmark = pytest.mark.django_db


def place_of(error):
    return error.value.problems[0]["loc"][1:]


def change(discount, **changes):
    return update_discount(discount_id=discount.pk, changes=changes, origin=ORIGIN)


@pytest.fixture
def redeemed(make_discount, make_buyer):
    def make(**facts):
        discount = make_discount(**facts)
        redeem(
            discount=discount,
            checkout_id=new_id(),
            customer=make_buyer(),
            email=None,
            origin=ORIGIN,
        )
        return discount

    return make


FIXED = {"type": "fixed", "amounts": {"usd": 500, "eur": 400}}


class TestCreateDiscount:
    @pytest.mark.parametrize(
        ("facts", "place"),
        [
            ({"name": "  "}, ["name"]),
            ({"basis_points": 0}, ["basis_points"]),
            ({"basis_points": 10001}, ["basis_points"]),
            ({"basis_points": None}, ["basis_points"]),
            ({"type": "fixed", "amounts": {}}, ["amounts"]),
            ({"type": "fixed", "amounts": {"usd": -1}}, ["amounts", "usd"]),
            ({"type": "fixed", "amounts": {"usd": 10**12}}, ["amounts", "usd"]),
            ({"type": "fixed", "amounts": {"xyz": 5}}, ["amounts", "xyz"]),
            ({"duration": "repeating"}, ["duration_in_months"]),
            ({"duration": "repeating", "duration_in_months": 1000}, ["duration_in_months"]),
            ({"duration": "once", "duration_in_months": 3}, ["duration_in_months"]),
            ({"code": "SUMMER-25"}, ["code"]),
            ({"code": "A" * 257}, ["code"]),
            ({"starts_at": NOW, "ends_at": NOW}, ["ends_at"]),
            ({"max_redemptions": 0}, ["max_redemptions"]),
            ({"max_redemptions_per_customer": 0}, ["max_redemptions_per_customer"]),
            ({"products": [new_id()]}, ["products", 0]),
        ],
    )
    def test_refuses_what_cannot_be(self, make_discount, facts, place):
        with pytest.raises(ValidationFailed) as error:
            make_discount(**facts)

        assert place_of(error) == place

    def test_takes_a_code_once_in_any_case(self, make_discount):
        make_discount(code="ÉTÉ2026")

        with pytest.raises(ValidationFailed) as error:
            make_discount(code="été2026")

        assert place_of(error) == ["code"]

    def test_takes_spaces_off_a_code(self, make_discount):
        assert make_discount(code=" SUMMER ").code == "SUMMER"
        assert make_discount(code="  ").code is None

    def test_leaves_the_code_to_other_merchants_and_after_deletion(
        self, organization, make_discount
    ):
        first = make_discount(code="SUMMER")
        new_discount(merchants.make_organization(), code="SUMMER")
        delete_discount(discount_id=first.pk, origin=ORIGIN)

        assert find_by_code(organization, " summer ") is None
        assert find_by_code(organization, "sum\0mer") is None
        assert find_by_code(organization, "summer") != make_discount(code="summer")

    def test_knows_products_of_its_own_merchant_only(self, make_discount, make_product):
        product = make_product()
        discount = make_discount(products=[product.pk])

        assert is_applicable(discount, product_id=product.pk, currency="usd")
        assert not is_applicable(discount, product_id=make_product().pk, currency="usd")
        with pytest.raises(ValidationFailed):
            new_discount(merchants.make_organization(), products=[product.pk])


class TestUpdateDiscount:
    def test_changes_what_is_given_and_says_so(self, make_discount):
        discount = make_discount(code="ONE", max_redemptions=5)

        changed = change(discount, name="Autumn", code=None, max_redemptions=None)

        assert (changed.name, changed.code, changed.max_redemptions) == ("Autumn", None, None)
        event = Event.objects.get(type="discount.updated")
        assert event.changes["code"] == ["ONE", None]

    def test_writes_nothing_for_nothing(self, make_discount):
        discount = make_discount(code="ONE")

        change(discount, name="Spring", code="ONE", type="percentage", duration="once")

        assert not Event.objects.filter(type="discount.updated").exists()

    @pytest.mark.parametrize(("name", "value"), [("type", "fixed"), ("duration", "forever")])
    def test_never_changes_type_and_duration(self, make_discount, name, value):
        with pytest.raises(ValidationFailed) as error:
            change(make_discount(), **{name: value})

        assert place_of(error) == [name]

    @pytest.mark.parametrize(
        ("facts", "changes", "place"),
        [
            ({}, {"basis_points": 2000}, "basis_points"),
            ({}, {"basis_points": None}, "basis_points"),
            (FIXED, {"amounts": {"usd": 1}}, "amounts"),
            (FIXED, {"amounts": None}, "amounts"),
            (FIXED, {"amount": 1}, "amount"),
            (
                {"duration": "repeating", "duration_in_months": 3},
                {"duration_in_months": None},
                "duration_in_months",
            ),
        ],
    )
    def test_freezes_the_value_after_the_first_use(self, redeemed, facts, changes, place):
        discount = redeemed(**facts)

        with pytest.raises(ValidationFailed) as error:
            change(discount, **changes)

        assert place_of(error) == [place]

    def test_takes_the_same_value_after_the_first_use(self, redeemed):
        discount = redeemed(**FIXED)

        change(discount, amounts=FIXED["amounts"], basis_points=None, name="Autumn")

        assert change(discount, max_redemptions=9).max_redemptions == 9

    def test_changes_one_currency_or_all(self, make_discount):
        discount = make_discount(**FIXED)

        assert change(discount, amount=1).amounts == {"usd": 1, "eur": 400}
        assert change(discount, amount=2, currency="gbp").amounts == {
            "usd": 1,
            "eur": 400,
            "gbp": 2,
        }
        assert change(discount, amounts={"eur": 9}).amounts == {"eur": 9}

    def test_takes_both_ways_of_an_amount_if_they_agree(self, make_discount):
        discount = make_discount(**FIXED)

        changed = change(discount, amounts={"usd": 7, "eur": 8}, amount=7, currency="usd")

        assert changed.amounts == {"usd": 7, "eur": 8}
        with pytest.raises(ValidationFailed) as error:
            change(discount, amounts={"usd": 9}, amount=8)
        assert place_of(error) == ["amount"]

    def test_refuses_the_value_of_the_other_type(self, make_discount):
        for discount, changes in (
            (make_discount(), {"amounts": {"usd": 5}}),
            (make_discount(**FIXED), {"basis_points": 5}),
        ):
            with pytest.raises(ValidationFailed) as error:
                change(discount, **changes)
            assert place_of(error) == list(changes)

    def test_checks_the_window_with_what_stays(self, make_discount):
        discount = make_discount(starts_at=NOW)

        with pytest.raises(ValidationFailed) as error:
            change(discount, ends_at=NOW - timedelta(days=1))

        assert place_of(error) == ["ends_at"]

    def test_lifts_the_restriction_with_an_empty_list(self, make_discount, make_product):
        discount = make_discount(products=[make_product().pk])

        assert not change(discount, products=[]).products.exists()


class TestDeleteDiscount:
    def test_withdraws_it_once(self, make_discount):
        discount = make_discount()
        delete_discount(discount_id=discount.pk, origin=ORIGIN)

        with pytest.raises(ResourceNotFound):
            delete_discount(discount_id=discount.pk, origin=ORIGIN)
        with pytest.raises(ResourceNotFound):
            change(discount, name="Again")
