"""What staff see of discounts, and do with them."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.core.ids import new_id
from apps.customers.models import Customer
from apps.discounts.forms import to_amounts, to_bps, value_text
from apps.discounts.models import Discount
from apps.discounts.operations import redeem
from apps.events.models import Event
from apps.orders.models import Order
from apps.organizations.models import Organization
from tests.backoffice.acting import act, agree, fingerprint_in, happened
from tests.backoffice.conftest import staff
from tests.discounts.conftest import NOW, ORIGIN

__all__ = ["staff"]

Staff = Callable[[str], Client]
Make = Callable[..., Any]
FIXED = {"type": "fixed", "amounts": {"usd": 500, "jpy": 700}}


def page(client: Client, discount: Discount) -> str:
    response = client.get(reverse("admin:discounts_discount_change", args=[discount.pk]))
    assert response.status_code == 200
    return response.content.decode()


def filled(discount: Discount, **changes: Any) -> dict[str, Any]:
    """The edit form as it is shown, with some fields typed over."""
    shown = {"name": discount.name, "code": discount.code or "", "value": value_text(discount)}
    return {**shown, "max_redemptions": discount.max_redemptions or "", **changes}


class TestPage:
    def test_shows_redemptions_and_what_was_given(
        self, staff: Staff, organization: Organization, make_discount: Make, make_buyer: Make
    ) -> None:
        discount, buyer = (
            make_discount(code="SPRING", max_redemptions=9),
            make_buyer("a@example.com"),
        )
        redeem(discount=discount, checkout_id=new_id(), customer=buyer, email=None, origin=ORIGIN)
        for currency, paid_at in (("usd", NOW), ("usd", NOW), ("jpy", NOW), ("usd", None)):
            self.order(organization, buyer, discount, currency, paid_at)

        text = page(staff("viewer"), discount)

        for words in ("SPRING", "10 %", "1 of 9", "a@example.com", "$4.00", "¥200", "redeemable"):
            assert words in text
        assert "$6.00" not in text

    def order(
        self,
        organization: Organization,
        buyer: Customer,
        discount: Discount,
        currency: str,
        paid_at: datetime | None,
    ) -> None:
        Order.objects.create(
            organization=organization,
            customer=buyer,
            discount=discount,
            status="paid" if paid_at else "pending",
            billing_reason="purchase",
            currency=currency,
            subtotal_amount=2000,
            discount_amount=200,
            net_amount=1800,
            paid_at=paid_at,
            created_at=NOW,
        )


@pytest.mark.django_db
class TestCreate:
    def test_makes_what_was_typed(self, staff: Staff, organization: Organization) -> None:
        act(
            staff("support"),
            "discounts_discount_create",
            organization=organization.slug,
            name="Five off",
            code="FIVE",
            type="fixed",
            value="usd 5.00, jpy 700",
            duration="repeating",
            duration_in_months=3,
            ends_on="2030-01-31",
            max_redemptions=10,
        )

        discount = Discount.objects.get()
        assert (discount.organization, discount.code, discount.amounts) == (
            organization,
            "FIVE",
            {"usd": 500, "jpy": 700},
        )
        assert discount.ends_at == datetime(2030, 2, 1, tzinfo=UTC)
        happened("discount.created", "support@example.com")

    def test_says_what_is_wrong(self, staff: Staff, organization: Organization) -> None:
        facts = {
            "organization": organization.slug,
            "name": "Five off",
            "type": "percentage",
            "duration": "once",
        }
        for value in ("a lot", "0", "100.01"):
            answer = act(staff("support"), "discounts_discount_create", value=value, **facts)
            assert "HX-Redirect" not in answer
        assert not Discount.objects.exists()


class TestEdit:
    def test_changes_only_what_was_typed_over(self, staff: Staff, make_discount: Make) -> None:
        discount = make_discount(code="SPRING", ends_at=NOW, max_redemptions=5)

        act(
            staff("support"),
            "discounts_discount_edit",
            discount.pk,
            **filled(discount, code="AUTUMN", ends_on="2026-03-01"),
        )

        event = happened("discount.updated", "support@example.com")
        assert event.changes == {"code": ["SPRING", "AUTUMN"]}

    def test_leaves_the_value_of_a_redeemed_one(
        self, staff: Staff, make_discount: Make, make_buyer: Make
    ) -> None:
        discount = make_discount(**FIXED)
        redeem(
            discount=discount,
            checkout_id=new_id(),
            customer=make_buyer(),
            email=None,
            origin=ORIGIN,
        )

        answer = act(
            staff("support"),
            "discounts_discount_edit",
            discount.pk,
            **filled(discount, value="usd 6.00"),
        )

        assert "has been redeemed" in answer.content.decode()
        act(staff("support"), "discounts_discount_edit", discount.pk, **filled(discount, name="X"))
        discount.refresh_from_db()
        assert (discount.name, discount.amounts) == ("X", FIXED["amounts"])


class TestEnd:
    def test_shows_the_plan_and_ends_it(self, staff: Staff, make_discount: Make) -> None:
        discount = make_discount(code="SPRING")
        client = staff("support")
        text = act(client, "discounts_discount_end", discount.pk).content.decode()
        assert "The code SPRING stays taken." in text

        agree(client, "discounts_discount_end", discount.pk)

        happened("discount.updated", "support@example.com")
        assert (
            "It is over already."
            in act(client, "discounts_discount_end", discount.pk).content.decode()
        )

    def test_shows_it_again_if_it_was_redeemed_meanwhile(
        self, staff: Staff, make_discount: Make, make_buyer: Make
    ) -> None:
        discount, client = make_discount(), staff("support")
        seen = fingerprint_in(act(client, "discounts_discount_end", discount.pk))
        redeem(
            discount=discount,
            checkout_id=new_id(),
            customer=make_buyer(),
            email=None,
            origin=ORIGIN,
        )

        answer = act(client, "discounts_discount_end", discount.pk, _agreed=seen)

        assert "redeemed 1 time" in answer.content.decode()
        assert not Event.objects.filter(type="discount.updated").exists()


class TestDelete:
    def test_withdraws_it(self, staff: Staff, make_discount: Make) -> None:
        discount = make_discount()

        act(staff("support"), "discounts_discount_remove", discount.pk)

        happened("discount.deleted", "support@example.com")
        assert "deleted" in page(staff("viewer"), discount)

    def test_is_not_for_viewers(self, staff: Staff, make_discount: Make) -> None:
        discount = make_discount()

        answer = act(staff("viewer"), "discounts_discount_remove", discount.pk)

        assert answer.status_code == 403


class TestValues:
    @pytest.mark.parametrize(("text", "bps"), [("12.5", 1250), ("100 %", 10000), ("0.01%", 1)])
    def test_percentages(self, text: str, bps: int) -> None:
        assert to_bps(text) == bps

    def test_amounts_in_the_decimals_of_their_currency(self) -> None:
        assert to_amounts("USD 5, jpy 700") == {"usd": 500, "jpy": 700}
        for text in ("5.00", "usd", "jpy 7.5", ""):
            with pytest.raises(ValueError, match=r"."):
                to_amounts(text)
