"""Discounts that a subscription is given and loses through the SDK."""

from __future__ import annotations

from typing import Any

import pytest

from apps.organizations.models import Organization
from tests.journeys.changing import DECLINES_LATER, organization, polar
from tests.support.changes import dearer_plan, subscriber_with
from tests.support.stripesim import stripesim
from tests.support.subscribers import make_discount
from tests.support.tills import Till, till

__all__ = ["organization", "polar", "stripesim", "till"]


class TestDiscount:
    def test_comes_and_goes(self, polar: Any, till: Till, organization: Organization) -> None:
        subscription = subscriber_with(till)
        discount = make_discount(organization, 2500, duration="forever")

        with_it = polar.subscriptions.update(str(subscription.pk), discount_id=str(discount.pk))
        assert (with_it.discount.basis_points, with_it.amount) == (2500, 750)
        assert [row.id for row in polar.subscriptions.list(discount_id=str(discount.pk)).items]

        without = polar.subscriptions.update(with_it.id, discount_id=None)
        assert (without.discount, without.amount) == (None, 1000)


class TestDiscountUses:
    def test_is_given_back_if_the_change_is_not_paid(
        self, polar: Any, till: Till, organization: Organization
    ) -> None:
        subscription = subscriber_with(till, DECLINES_LATER)
        discount = make_discount(organization)
        with pytest.raises(Exception, match="declined"):
            polar.subscriptions.update(
                str(subscription.pk),
                product_id=str(dearer_plan(organization).pk),
                discount_id=str(discount.pk),
                proration_behavior="invoice",
            )
        discount.refresh_from_db()
        assert (discount.redemptions_count, discount.redemptions.count()) == (0, 0)

    def test_is_refused_at_its_place_in_the_request(
        self, polar: Any, till: Till, organization: Organization
    ) -> None:
        used_up = make_discount(organization, max_redemptions=1, redemptions_count=1)
        once_each = make_discount(organization, max_redemptions_per_customer=1)
        subscription = str(subscriber_with(till).pk)
        polar.subscriptions.update(subscription, discount_id=str(once_each.pk))
        polar.subscriptions.update(subscription, discount_id=None)
        for discount in (used_up, once_each):
            with pytest.raises(Exception, match="discount") as refusal:
                polar.subscriptions.update(subscription, discount_id=str(discount.pk))
            assert "HTTPValidationError" in type(refusal.value).__name__
        once_each.refresh_from_db()
        assert once_each.redemptions_count == 1
