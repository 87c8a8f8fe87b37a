"""What a merchant's finance is written about payouts, and a customer about a refund."""

from __future__ import annotations

import pytest

from apps.accounts.models import User
from apps.core.origin import Origin
from apps.events.models import Delivery
from apps.events.operations import deliver
from apps.notifications.models import Mail
from apps.organizations.models import Membership, Organization
from apps.payments.models import Refund
from apps.payments.operations.refunds.telling import announce_refund
from apps.payouts.models import Payout
from apps.payouts.operations import (
    begin_attempt,
    fail_attempt,
    mark_payout_paid,
    plan_mark_payout_paid,
    request_payout,
    settle_attempt,
)
from tests.payouts.conftest import NOW
from tests.support.merchants import make_organization
from tests.support.payouts import bank_payout, earn, link, make_account, prove, transferred
from tests.support.stock import make_stock

pytestmark = pytest.mark.django_db


def join(organization: Organization, email: str, role: str) -> None:
    user = User.objects.create_user(email, "a long password")
    Membership.objects.create(organization=organization, user=user, role=role, created_at=NOW)


def handle(origin: Origin) -> None:
    """What the outbox owes, twice."""
    for _ in range(2):
        for key in Delivery.objects.values_list("pk", flat=True):
            deliver(delivery_id=key, origin=origin)


def test_of_a_payout_go_to_finance_alone(payout: Payout, origin: Origin) -> None:
    organization = payout.organization
    join(organization, "owner@acme.example", "owner")
    join(organization, "money@acme.example", "finance")
    transferred(payout, at=NOW)
    attempt = begin_attempt(payout_id=payout.pk, origin=origin)
    fail_attempt(attempt_id=attempt.pk, code="x", message="It was closed.", origin=origin)
    handle(origin)
    failed = Mail.objects.get()
    assert failed.recipient == "money@acme.example"
    assert (
        failed.subject == "The payout of $97.50 did not arrive" and "It was closed." in failed.text
    )

    again = begin_attempt(payout_id=payout.pk, origin=origin)
    settle_attempt(attempt_id=again.pk, facts=bank_payout("paid", at=NOW), origin=origin)
    handle(origin)
    paid = Mail.objects.get(kind="payout_paid")
    assert paid.subject == "$97.50 has been paid out" and payout.invoice_number in paid.text


def test_of_a_manual_payout_are_foretold(origin: Origin) -> None:
    organization = make_organization()
    join(organization, "owner@acme.example", "owner")
    link(organization, make_account(at=NOW, type="manual"), at=NOW)
    earn(organization, 10_000, at=NOW)
    payout = request_payout(organization_id=organization.pk, origin=origin)
    prove(payout, at=NOW)
    plan = plan_mark_payout_paid(payout=payout)
    mark_payout_paid(payout_id=payout.pk, reference="WIRE 1", origin=origin)
    handle(origin)
    assert [(one.to, one.subject) for one in plan.mails] == list(
        Mail.objects.values_list("recipient", "subject")
    )
    assert "Reference: WIRE 1" in Mail.objects.get().text


def test_of_a_refund_go_to_the_customer_once(origin: Origin) -> None:
    stock = make_stock(make_organization())
    refund = Refund.objects.get(payment=stock.payment)
    announce_refund(refund, "refund.created", origin=origin)
    handle(origin)
    assert not Mail.objects.filter(kind="refund").exists()
    refund.status = "succeeded"
    refund.save()
    announce_refund(refund, "refund.updated", origin=origin)
    announce_refund(refund, "refund.updated", origin=origin)
    handle(origin)
    mail = Mail.objects.get(kind="refund")
    assert mail.recipient == stock.customer.email
    assert mail.subject == f"Your refund of $1.00 for {stock.product.name}"
    assert "4242" in mail.text and str(mail.customer_id) == str(stock.customer.pk)
