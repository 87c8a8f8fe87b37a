"""Money that pays nothing: booked as owed to its payer, never as a sale, and never lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from apps.core.ids import new_id
from apps.customers.models import Customer
from apps.events.models import Event
from apps.ledger.models import Entry
from apps.ledger.selectors import balances_of
from apps.organizations.models import Organization
from apps.payments.models import Payment
from apps.payments.operations import book_charge, record_charge
from apps.payments.selectors import unbooked_payment_ids
from apps.processors.gateway import BalanceTransaction, Charge
from tests.backoffice.conftest import staff
from tests.payments.test_charge_attempts import NOW, begin, customer, draft
from tests.payments.test_recording import ORIGIN, charge_for
from tests.support.books import broken_books

__all__ = ["customer", "draft", "staff"]

pytestmark = pytest.mark.django_db
SETTLEMENT = BalanceTransaction(
    id="txn_1",
    amount=1000,
    fee=59,
    net=941,
    currency="usd",
    exchange_rate=None,
    available_at=datetime(2026, 5, 3, tzinfo=UTC),
)


def owed(charge: Charge) -> dict[str, int]:
    organization_id = charge.metadata["organization_id"]
    return {row.account.kind: row.balance.amount for row in balances_of(organization_id)}


class TestBooking:
    def test_owes_it_to_the_payer_and_nothing_to_the_merchant(self, customer: Customer) -> None:
        charge = charge_for(customer.organization)
        for _ in range(2):
            payment = book_charge(charge=charge, settlement=SETTLEMENT, origin=ORIGIN)

        assert payment is not None and payment.order is None
        assert (payment.booked_at, payment.unclaimed_at) == (ORIGIN.at, ORIGIN.at)
        assert owed(charge) == {"unclaimed_payments": 1000}
        types = Entry.objects.order_by("type").values_list("type", flat=True)
        assert list(types) == ["processor_fee", "unclaimed_payment"]
        assert Event.objects.filter(type="payment.outdated").count() == 1
        assert not broken_books()

    def test_is_made_up_for_when_it_was_not_reported(self, customer: Customer) -> None:
        payment = record_charge(charge=charge_for(customer.organization), origin=ORIGIN)
        assert payment is not None
        at = ORIGIN.at + timedelta(hours=1)
        assert unbooked_payment_ids(at=at, limit=9) == [payment.pk]

    def test_is_made_up_for_where_a_test_clock_runs_ahead(self, customer: Customer) -> None:
        year = timedelta(days=365)
        rows = Organization.objects.filter(pk=customer.organization_id)
        rows.update(clock_offset=year)
        ahead = replace(ORIGIN, at=ORIGIN.at + year)
        payment = record_charge(charge=charge_for(customer.organization), origin=ahead)
        assert payment is not None
        assert unbooked_payment_ids(at=ORIGIN.at, limit=9) == []
        soon = ORIGIN.at + timedelta(hours=1)
        assert unbooked_payment_ids(at=soon, limit=9) == [payment.pk]
        # The clock has moved on by more than a payment is searched for.
        rows.update(clock_offset=2 * year)
        assert unbooked_payment_ids(at=soon, limit=9) == [payment.pk]

    def test_does_not_pay_a_merchant_twice_for_one_order(self, draft: Any) -> None:
        request = begin(draft).request
        for number in (1, 2):
            charge = replace(
                charge_for(draft.organization),
                id=f"ch_{number}",
                customer_id=request["customer_id"],
                amount=request["amount"],
                currency=request["currency"],
                metadata=request["metadata"],
            )
            settlement = replace(SETTLEMENT, id=f"txn_{number}", amount=request["amount"])
            book_charge(charge=charge, settlement=settlement, origin=NOW)

        second = Payment.objects.get(processor_id="ch_2")
        assert second.unclaimed_reason == "The order has been paid by another payment."
        assert Entry.objects.filter(type="payment").count() == 1
        assert Entry.objects.filter(type="unclaimed_payment").get().payment_id == second.pk
        assert owed(charge)["unclaimed_payments"] == request["amount"]
        assert not broken_books()


def test_of_a_checkout_never_confirmed_is_kept_at_once(customer: Customer) -> None:
    from tests.checkouts.test_operations import make_checkout

    checkout = make_checkout()
    metadata = {
        "organization_id": str(checkout.organization_id),
        "checkout_id": str(checkout.pk),
        "payment_trigger": "purchase",
    }
    charge = charge_for(checkout.organization, metadata=metadata, amount=2000)
    payment = record_charge(charge=charge, origin=ORIGIN)

    assert payment is not None
    payment.refresh_from_db()
    assert payment.unclaimed_reason
    assert Event.objects.get(type="payment.outdated").payload["checkout_id"] == str(checkout.pk)


def test_staff_find_it(customer: Customer, staff: Any) -> None:
    lost = book_charge(
        charge=charge_for(customer.organization), settlement=SETTLEMENT, origin=ORIGIN
    )
    other = Payment.objects.create(
        organization=customer.organization,
        created_at=NOW.at,
        processor_id=f"ch_{new_id().hex}",
        status="succeeded",
        amount=1,
        currency="usd",
        method="card",
    )
    page = staff("support").get(reverse("admin:payments_payment_changelist"), {"unclaimed": "yes"})
    text = page.content.decode()
    assert lost is not None and str(lost.pk) in text
    assert "money without an order" in text
    assert str(other.pk) not in text
