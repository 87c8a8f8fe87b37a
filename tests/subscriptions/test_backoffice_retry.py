"""Staff charge what is unpaid: many orders by one plan, the outcome of each told."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client

from apps.core.plans import PlanChanged
from apps.payments.models import ChargeAttempt
from apps.subscriptions.operations.retrying import plan_retry_orders, retry_orders_now
from tests.backoffice.acting import act, agree
from tests.backoffice.conftest import staff
from tests.support.renewals import Renewal
from tests.support.stripesim import stripesim
from tests.support.subscribers import make_plan
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


def changed(renewal: Renewal, client: Client) -> HttpResponse:
    """Have staff change the product for one of twice the price, paid at once."""
    product, _ = make_plan(renewal.subscription.organization, 4000, name="Max")
    verb = "subscriptions_subscription_change_product"
    key = renewal.subscription.pk
    plan = act(client, verb, key, product=product.pk, behavior="invoice").content.decode()
    assert "Visa •••• 4242 is charged first. If that fails, nothing changes." in plan
    assert "order.paid" in plan
    return agree(client, verb, key, product=product.pk, behavior="invoice")


class TestChangingWhatIsPaidAtOnce:
    def test_charges_the_card_once_and_changes(self, till: Till, staff: Staff) -> None:
        renewal = Renewal.due(till)
        renewal.renew()
        assert "HX-Redirect" in changed(renewal, staff("finance"))
        renewal.subscription.refresh_from_db()
        assert renewal.subscription.amount == 4000
        assert renewal.order.billing_reason == "subscription_update"
        renewal.require_one_charge()

    def test_tells_that_the_card_was_declined_and_changes_nothing(
        self, till: Till, staff: Staff
    ) -> None:
        renewal = Renewal.due(till)
        renewal.renew()
        renewal.decline_next()
        answer = changed(renewal, staff("finance"))
        assert "HX-Redirect" not in answer
        assert 'role="alert"' in answer.content.decode()
        renewal.subscription.refresh_from_db()
        assert renewal.subscription.amount == 2000
        assert not renewal.subscription.pending_updates.filter(discarded_at=None).exists()


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
