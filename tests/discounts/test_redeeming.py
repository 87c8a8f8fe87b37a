from dataclasses import replace
from datetime import timedelta

import pytest

from apps.core.ids import new_id
from apps.customers.operations import delete_customer
from apps.discounts.errors import (
    DiscountNotRedeemable,
    DiscountRedemptionLimitReached,
    RedemptionElsewhere,
)
from apps.discounts.models import Redemption
from apps.discounts.operations import (
    attach_redemption,
    delete_discount,
    redeem,
    release_redemption,
)
from apps.orders.models import Order
from tests.discounts.conftest import NOW, ORIGIN

pytestmark = pytest.mark.django_db


def use(discount, customer, *, checkout_id=None, email=None, card=None, origin=ORIGIN):
    return redeem(
        discount=discount,
        checkout_id=checkout_id or new_id(),
        customer=customer,
        email=email or customer.email,
        fingerprint=card,
        origin=origin,
    )


def count_of(discount):
    discount.refresh_from_db()
    return discount.redemptions_count


class TestRedeem:
    def test_counts_the_use_once_for_a_checkout(self, make_discount, make_buyer):
        discount, buyer, checkout_id = make_discount(max_redemptions=1), make_buyer(), new_id()

        first = use(discount, buyer, checkout_id=checkout_id)

        assert use(discount, buyer, checkout_id=checkout_id) == first
        assert count_of(discount) == 1

    def test_gives_the_last_use_to_one(self, make_discount, make_buyer):
        discount = make_discount(max_redemptions=1)
        use(discount, make_buyer())

        with pytest.raises(DiscountNotRedeemable) as error:
            use(discount, make_buyer())

        assert error.value.problems[0]["loc"] == ["body", "discount_id"]
        assert count_of(discount) == 1

    def test_replaces_another_discount_of_the_checkout(self, make_discount, make_buyer):
        old, new, buyer, checkout_id = make_discount(), make_discount(), make_buyer(), new_id()
        use(old, buyer, checkout_id=checkout_id)

        use(new, buyer, checkout_id=checkout_id)

        assert (count_of(old), count_of(new)) == (0, 1)
        assert Redemption.objects.count() == 1

    @pytest.mark.parametrize(
        ("days", "is_refused"), [(-1, True), (0, False), (5, False), (6, True)]
    )
    def test_keeps_to_the_window(self, make_discount, make_buyer, days, is_refused):
        discount = make_discount(starts_at=NOW, ends_at=NOW + timedelta(days=5))
        origin = replace(ORIGIN, at=NOW + timedelta(days=days))

        if is_refused:
            with pytest.raises(DiscountNotRedeemable):
                use(discount, make_buyer(), origin=origin)
        else:
            use(discount, make_buyer(), origin=origin)

    def test_refuses_a_deleted_one(self, make_discount, make_buyer):
        discount = make_discount()
        delete_discount(discount_id=discount.pk, origin=ORIGIN)

        with pytest.raises(DiscountNotRedeemable):
            use(discount, make_buyer())

    def test_keeps_no_address_and_no_card(self, make_discount, make_buyer):
        redemption = use(make_discount(), make_buyer("Ada+x@Example.com"), card="fp_1")

        assert len(redemption.email_digest) == len(redemption.fingerprint) == 64
        assert redemption.email_digest != redemption.fingerprint


class TestLimitPerCustomer:
    def test_knows_a_customer_again(self, make_discount, make_buyer):
        discount, buyer = make_discount(max_redemptions_per_customer=2), make_buyer()
        use(discount, buyer)
        use(discount, buyer)

        with pytest.raises(DiscountRedemptionLimitReached):
            use(discount, buyer)
        assert count_of(discount) == 2

    def test_knows_an_alias_of_a_mailbox_again(self, make_discount, make_buyer):
        discount = make_discount(max_redemptions_per_customer=1)
        use(discount, make_buyer("ada@example.com"))

        with pytest.raises(DiscountRedemptionLimitReached):
            use(discount, make_buyer("ADA+two@example.com"))

    def test_knows_a_card_again(self, make_discount, make_buyer):
        discount = make_discount(max_redemptions_per_customer=1)
        use(discount, make_buyer(), card="fp_1")

        with pytest.raises(DiscountRedemptionLimitReached):
            use(discount, make_buyer(), card="fp_1")

    def test_takes_no_card_for_no_card(self, make_discount, make_buyer):
        discount = make_discount(max_redemptions_per_customer=1)
        use(discount, make_buyer())

        use(discount, make_buyer())

    def test_knows_a_forgotten_buyer_again(self, make_discount, make_buyer):
        discount = make_discount(max_redemptions_per_customer=1)
        buyer = make_buyer("ada@example.com")
        use(discount, buyer)
        delete_customer(customer_id=buyer.pk, anonymize=True, origin=ORIGIN)

        with pytest.raises(DiscountRedemptionLimitReached):
            use(discount, make_buyer("ada@example.com"))

    @pytest.mark.parametrize(
        ("statuses", "is_free"),
        [
            (["refunded"], True),
            (["partially_refunded"], False),
            (["refunded", "paid"], False),
            (["refunded", "refunded"], True),
            (["refunded", "void"], True),
            (["void"], False),
        ],
    )
    def test_frees_the_use_whose_orders_were_all_refunded(
        self, organization, make_discount, make_buyer, statuses, is_free
    ):
        discount, buyer = make_discount(max_redemptions_per_customer=1), make_buyer()
        checkout_id, subscription_id = new_id(), new_id()
        use(discount, buyer, checkout_id=checkout_id)
        attach_redemption(checkout_id=checkout_id, subscription_id=subscription_id, origin=ORIGIN)
        for number, status in enumerate(statuses):
            Order.objects.create(
                organization=organization,
                customer=buyer,
                checkout_id=None if number else checkout_id,
                subscription_id=subscription_id,
                status=status,
                billing_reason="purchase",
                currency="usd",
                subtotal_amount=5,
                net_amount=5,
                paid_at=NOW,
                created_at=NOW,
            )

        if is_free:
            use(discount, buyer)
        else:
            with pytest.raises(DiscountRedemptionLimitReached):
                use(discount, buyer)


class TestReleaseRedemption:
    def test_gives_the_use_back_once(self, make_discount, make_buyer):
        discount, checkout_id = make_discount(max_redemptions=1), new_id()
        use(discount, make_buyer(), checkout_id=checkout_id)

        assert release_redemption(checkout_id=checkout_id, origin=ORIGIN)
        assert not release_redemption(checkout_id=checkout_id, origin=ORIGIN)
        assert count_of(discount) == 0
        use(discount, make_buyer())

    def test_leaves_a_use_that_became_a_subscription(self, make_discount, make_buyer):
        discount, checkout_id = make_discount(), new_id()
        use(discount, make_buyer(), checkout_id=checkout_id)
        attach_redemption(checkout_id=checkout_id, subscription_id=new_id(), origin=ORIGIN)

        assert not release_redemption(checkout_id=checkout_id, origin=ORIGIN)
        assert count_of(discount) == 1


class TestAttachRedemption:
    def test_names_the_subscription_once(self, make_discount, make_buyer):
        checkout_id, subscription_id = new_id(), new_id()
        use(make_discount(), make_buyer(), checkout_id=checkout_id)

        for _ in range(2):
            made = attach_redemption(
                checkout_id=checkout_id, subscription_id=subscription_id, origin=ORIGIN
            )
            assert made is not None
            assert made.subscription_id == subscription_id
        with pytest.raises(RedemptionElsewhere):
            attach_redemption(checkout_id=checkout_id, subscription_id=new_id(), origin=ORIGIN)

    def test_finds_none_where_no_discount_was_used(self):
        assert (
            attach_redemption(checkout_id=new_id(), subscription_id=new_id(), origin=ORIGIN) is None
        )
