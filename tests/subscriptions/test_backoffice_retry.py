"""Staff charge what is unpaid: many orders by one plan, the outcome of each told."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from apps.core.plans import PlanChanged
from apps.payments.models import ChargeAttempt
from apps.subscriptions.operations.retrying import plan_retry_orders, retry_orders_now
from tests.backoffice.acting import act, agree
from tests.backoffice.conftest import staff
from tests.support.renewals import Renewal
from tests.support.stripesim import stripesim
from tests.support.tills import Till, till

__all__ = ["staff", "stripesim", "till"]

pytestmark = pytest.mark.django_db(transaction=True)
Staff = Callable[[str], Client]
VERB = "subscriptions_subscription_retry_orders"


def unpaid(till: Till) -> Renewal:
    """A renewal that the bank refused once."""
    renewal = Renewal.due(till)
    renewal.decline_next()
    renewal.renew()
    return renewal


class TestRetryingAtTheStaffSite:
    def test_charges_each_and_tells_what_became_of_it(self, till: Till, staff: Staff) -> None:
        paying, refused, client = unpaid(till), unpaid(till), staff("finance")
        refused.decline_next()
        orders = f"{paying.order.invoice_number}\n{refused.order.pk}"
        plan = act(client, VERB, orders=orders).content.decode()
        assert "2 orders charged now" in plan
        assert "$40.00" in plan
        assert f"{paying.order} of {paying.customer}" in plan
        done = agree(client, VERB, orders=orders)
        assert "HX-Redirect" in done
        told = client.get("/backoffice/").content.decode()
        assert f"Paid: {paying.order}." in told
        assert f"Declined: {refused.order} (insufficient funds)." in told
        paying.require_one_charge()
        assert (paying.status, refused.status) == ("active", "past_due")
        assert refused.days_to_next_try == 2

    def test_refuses_a_plan_that_has_changed_and_charges_nothing(self, till: Till) -> None:
        first, second = unpaid(till), unpaid(till)
        ids = [first.order.pk, second.order.pk]
        agreed = plan_retry_orders(order_ids=ids).fingerprint
        retry_orders_now(order_ids=[first.order.pk], origin=first.origin())
        before = ChargeAttempt.objects.count()
        with pytest.raises(PlanChanged):
            retry_orders_now(order_ids=ids, agreed=agreed, origin=first.origin())
        assert ChargeAttempt.objects.count() == before
