"""What the processor tells, kept as payments: in any order, any number of times."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from apps.core.ids import new_id
from apps.core.origin import Actor, Door, Origin
from apps.customers.inputs import CustomerInput
from apps.customers.models import Customer
from apps.customers.operations import create_customer
from apps.events.models import Event
from apps.organizations.models import Organization
from apps.payments.models import Payment, PaymentMethod
from apps.payments.operations import (
    forget_payment_method,
    record_charge,
    record_failed_intent,
)
from apps.processors.gateway import Charge, Intent, MethodFacts
from tests.support.merchants import make_organization

pytestmark = pytest.mark.django_db
ORIGIN = Origin(actor=Actor.PROVIDER, door=Door.WEBHOOK, at=datetime(2026, 5, 1, tzinfo=UTC))
CARD = MethodFacts(
    processor_id="pm_1",
    type="card",
    metadata={"brand": "visa", "last4": "4242"},
    fingerprint="print",
)


@pytest.fixture
def customer() -> Customer:
    organization = make_organization()
    made = create_customer(
        organization=organization, data=CustomerInput(email="ada@example.com"), origin=ORIGIN
    )
    Customer.objects.filter(pk=made.pk).update(processor_customer_id="cus_1")
    made.refresh_from_db()
    return made


def charge_for(organization: Organization, **values: Any) -> Charge:
    metadata = {"organization_id": str(organization.pk), "payment_trigger": "purchase"}
    facts: dict[str, Any] = {
        "id": "ch_1",
        "intent_id": "pi_1",
        "status": "succeeded",
        "amount": 1000,
        "currency": "usd",
        "customer_id": "cus_1",
        "method": CARD,
        "metadata": metadata,
        "risk_level": "normal",
        "risk_score": 12,
        "failure_code": None,
        "decline_reason": None,
        "failure_message": None,
        "balance_transaction_id": None,
        "used_3ds": False,
        "created_at": ORIGIN.at,
    }
    return Charge(**{**facts, **values})


def announced(kind: str) -> int:
    return Event.objects.filter(type=kind).count()


class TestRecordCharge:
    def test_keeps_what_support_looks_for(self, customer: Customer) -> None:
        payment = record_charge(charge=charge_for(customer.organization), origin=ORIGIN)

        assert payment is not None
        assert (payment.status, payment.amount, payment.trigger) == ("succeeded", 1000, "purchase")
        assert (payment.customer, payment.email) == (customer, "ada@example.com")
        assert payment.method_metadata == {"brand": "visa", "last4": "4242"}
        assert (payment.risk_level, payment.risk_score) == ("normal", 12)

    def test_twice_is_once(self, customer: Customer) -> None:
        charge = charge_for(customer.organization)
        first = record_charge(charge=charge, origin=ORIGIN)
        assert record_charge(charge=charge, origin=ORIGIN) == first
        assert Payment.objects.count() == 1
        assert announced("payment.succeeded") == 1

    def test_moves_a_pending_one_on_and_never_back(self, customer: Customer) -> None:
        pending = charge_for(customer.organization, status="pending")
        record_charge(charge=pending, origin=ORIGIN)
        assert announced("payment.succeeded") == 0
        record_charge(charge=replace(pending, status="succeeded"), origin=ORIGIN)
        for late in ("pending", "failed"):
            record_charge(charge=replace(pending, status=late), origin=ORIGIN)
        assert Payment.objects.get().status == "succeeded"
        assert (announced("payment.succeeded"), announced("payment.failed")) == (1, 0)

    def test_keeps_the_most_precise_reason_of_a_decline(self, customer: Customer) -> None:
        declined = charge_for(
            customer.organization,
            status="failed",
            failure_code="card_declined",
            decline_reason="insufficient_funds",
            failure_message="Your card has insufficient funds.",
        )
        payment = record_charge(charge=declined, origin=ORIGIN)
        assert payment is not None
        assert payment.decline_reason == "insufficient_funds"
        assert payment.decline_message == "Your card has insufficient funds."

    def test_leaves_charges_of_others_alone(self, customer: Customer) -> None:
        for metadata in ({}, {"organization_id": "x"}, {"organization_id": str(new_id())}):
            foreign = charge_for(customer.organization, metadata=metadata)
            assert record_charge(charge=foreign, origin=ORIGIN) is None
        assert not Payment.objects.exists()


class TestSavedMethod:
    def test_is_kept_only_when_asked(self, customer: Customer) -> None:
        charge = charge_for(customer.organization)
        record_charge(charge=charge, origin=ORIGIN)
        assert not PaymentMethod.objects.exists()

        asked = {**charge.metadata, "save_payment_method": "true"}
        record_charge(charge=replace(charge, id="ch_2", metadata=asked), origin=ORIGIN)
        method = PaymentMethod.objects.get()
        customer.refresh_from_db()
        assert (method.processor_id, method.fingerprint) == ("pm_1", "print")
        assert customer.default_payment_method_id == method.pk

        record_charge(charge=replace(charge, id="ch_3", metadata=asked), origin=ORIGIN)
        assert PaymentMethod.objects.count() == 1

    def test_can_be_forgotten_twice(self, customer: Customer) -> None:
        asked = {"organization_id": str(customer.organization_id), "save_payment_method": "true"}
        record_charge(charge=charge_for(customer.organization, metadata=asked), origin=ORIGIN)
        for _ in range(2):
            forget_payment_method(payment_method_id=PaymentMethod.objects.get().pk, origin=ORIGIN)
        customer.refresh_from_db()
        assert customer.default_payment_method_id is None
        assert announced("payment_method.forgotten") == 1


class TestRecordFailedIntent:
    def test_is_the_payment_where_there_was_no_charge(self, customer: Customer) -> None:
        intent = Intent(
            id="pi_1",
            kind="payment",
            client_secret="",
            status="requires_payment_method",
            amount=1000,
            currency="usd",
            customer_id="cus_1",
            method=CARD,
            metadata={"organization_id": str(customer.organization_id)},
            error_code="payment_intent_authentication_failure",
            error_message="We could not authenticate you.",
        )
        for _ in range(2):
            payment = record_failed_intent(intent=intent, origin=ORIGIN)
            assert payment is not None
            assert (payment.processor_id, payment.status) == ("pi_1", "failed")
            assert payment.decline_reason == "payment_intent_authentication_failure"
        assert announced("payment.failed") == 1

        with_charge = replace(intent, id="pi_2", charge_id="ch_9")
        assert record_failed_intent(intent=with_charge, origin=ORIGIN) is None
