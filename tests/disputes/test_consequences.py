"""What follows from disputes elsewhere: access, subscriptions, and what merchants are written."""

from __future__ import annotations

import pytest

from apps.benefits.models import Withdrawal
from apps.disputes.models import Dispute
from apps.events.models import Delivery
from apps.events.operations import deliver
from apps.notifications.models import Mail
from apps.orders.models import Order
from apps.organizations.models import Organization
from tests.cases.subscribing import make_row
from tests.support.disputing import decide, disputed
from tests.support.refunding import asked, customer_of, paid_order
from tests.support.stripesim import stripesim
from tests.support.tills import Till, till

__all__ = ["stripesim", "till"]


@pytest.fixture
def order(till: Till) -> Order:
    return paid_order(till)


def handle() -> None:
    """What the outbox owes, twice."""
    for _ in range(2):
        for key in Delivery.objects.filter(done_at=None).values_list("pk", flat=True):
            deliver(delivery_id=key, origin=asked())


def withdrawn(dispute: Dispute) -> bool:
    return Withdrawal.objects.filter(cause_id=dispute.pk, lifted_at=None).exists()


class TestAccess:
    def test_ends_when_it_is_lost_and_not_before(self, till: Till, order: Order) -> None:
        dispute = disputed(till, order)
        handle()
        assert not withdrawn(dispute)
        decide(till, dispute, "lost")
        handle()
        assert withdrawn(dispute)

    def test_ends_when_it_is_prevented(self, till: Till, order: Order) -> None:
        dispute = disputed(till, order, rapid_resolution=True)
        handle()
        assert withdrawn(dispute)

    def test_stays_when_it_is_won(self, till: Till, order: Order) -> None:
        dispute = decide(till, disputed(till, order), "won")
        handle()
        assert not withdrawn(dispute)

    def test_stays_when_an_inquiry_comes_to_nothing(self, till: Till, order: Order) -> None:
        dispute = decide(till, disputed(till, order, inquiry=True), "won")
        handle()
        assert (dispute.status, withdrawn(dispute)) == ("prevented", False)


class TestSubscription:
    @pytest.mark.parametrize(("outcome", "status"), [("lost", "canceled"), ("won", "active")])
    def test_ends_with_a_dispute_that_is_lost(
        self, till: Till, order: Order, outcome: str, status: str
    ) -> None:
        subscription = make_row({}, order.organization, customer_of(order))
        Order.objects.filter(pk=order.pk).update(subscription_id=subscription.pk)
        decide(till, disputed(till, order), outcome)
        handle()
        subscription.refresh_from_db()
        assert subscription.status == status
        assert not Withdrawal.objects.exists()


class TestMerchant:
    def test_is_written_once_that_it_has_to_answer(self, till: Till, order: Order) -> None:
        Organization.objects.update(email="money@acme.example")
        disputed(till, order, reason="product_not_received")
        handle()
        mail = Mail.objects.get(kind="dispute_opened")
        assert mail.recipient == "money@acme.example"
        assert mail.subject == "A payment of $24.00 is disputed"
        assert "product not received" in mail.text
        assert "Evidence can be given until " in mail.text

    def test_is_written_that_it_need_not(self, till: Till, order: Order) -> None:
        Organization.objects.update(email="money@acme.example")
        disputed(till, order, rapid_resolution=True)
        handle()
        assert not Mail.objects.filter(kind="dispute_opened").exists()
        mail = Mail.objects.get(kind="dispute_prevented")
        assert mail.subject == "A dispute of $24.00 was prevented"
