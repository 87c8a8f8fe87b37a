"""Single sources of evidence, on rows that were made for them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from apps.benefits.models import Benefit, BenefitGrant
from apps.checkouts.evidence import traits_of_payments
from apps.checkouts.models import Checkout
from apps.disputes.dossier.evidence import Evidence, Section, joined
from apps.disputes.dossier.registry import Case, Traits
from apps.disputes.dossier.sources.benefits import from_benefits
from apps.disputes.dossier.sources.earlier import earlier_payments, from_earlier_payments
from apps.disputes.dossier.sources.payments import from_payment
from apps.disputes.dossier.sources.sales import from_customer
from apps.disputes.models import Dispute
from apps.payments.models import Payment
from apps.processors.gateway.checks import ChargeChecks, charge_checks_of
from apps.subscriptions.evidence import from_subscription
from apps.subscriptions.models import Subscription
from tests.backoffice.world import Sold, make_sale

CHARGE = {
    "id": "ch_1",
    "created": 1780000000,
    "calculated_statement_descriptor": "ACME ICONS",
    "outcome": {"risk_level": "normal", "risk_score": 12, "seller_message": "Payment complete."},
    "billing_details": {"name": "Ada", "email": "ada@example.com", "address": {"country": "FR"}},
    "payment_method_details": {
        "type": "card",
        "card": {
            "checks": {
                "cvc_check": "pass",
                "address_line1_check": "pass",
                "address_postal_code_check": "fail",
            },
            "three_d_secure": {"result": "authenticated", "version": "2.2.0"},
        },
    },
}


@pytest.fixture
def sold(db: None) -> Sold:
    return make_sale()


def case(sold: Sold, checks: ChargeChecks | None = None, **traits: str) -> Case:
    dispute = Dispute.objects.select_related("organization").get(payment=sold.payment)
    return Case(
        dispute=dispute,
        organization=sold.organization,
        payment=sold.payment,
        order=sold.order,
        customer=sold.customer,
        checks=checks,
        traits={sold.payment.pk: Traits(**traits)} if traits else {},
    )


def facts_of(evidence: Evidence | None) -> dict[str, str]:
    assert evidence is not None
    return dict(evidence.sections[0].facts)


def paid_before(sold: Sold, days: int, **facts: Any) -> Payment:
    sold.payment.refresh_from_db()
    return Payment.objects.create(
        organization=sold.organization,
        customer=sold.customer,
        processor_id=f"ch_before_{days}",
        status="succeeded",
        amount=5000,
        currency="usd",
        method="card",
        method_metadata={"brand": "visa", "fingerprint": "fp_1"},
        email=sold.customer.email,
        created_at=sold.payment.created_at - timedelta(days=days),
        **facts,
    )


class TestPayment:
    def test_tells_what_passed(self, sold: Sold) -> None:
        said = from_payment(case(sold, charge_checks_of(CHARGE)))
        facts = facts_of(said)
        assert facts["3-D Secure"].startswith("Authenticated by the cardholder")
        assert (facts["Security code (CVC)"], facts["Postal code"]) == ("Passed", "Failed")
        assert facts["Shown on the statement as"] == "ACME ICONS"
        assert said is not None
        text = said.texts["uncategorized_text"]
        assert "the security code and the street" in text
        assert "postal code" not in text

    def test_does_without_the_charge(self, sold: Sold) -> None:
        facts = facts_of(from_payment(case(sold)))
        assert facts["Amount"] == "$120.00"
        assert "3-D Secure" not in facts


class TestCustomer:
    def test_tells_the_address_and_the_device(self, sold: Sold) -> None:
        said = from_customer(case(sold, ip_address="203.0.113.7", device="Firefox"))
        assert facts_of(said)["Device of the purchase"] == "Firefox"
        assert said is not None
        assert said.texts["customer_purchase_ip"] == "203.0.113.7"


class TestEarlierPayments:
    def test_leaves_out_what_was_disputed_or_refunded(self, sold: Sold) -> None:
        good = paid_before(sold, 150)
        bad = paid_before(sold, 160)
        Dispute.objects.filter(payment=sold.payment).update(reason="fraudulent")
        Dispute.objects.create(
            organization=sold.organization,
            payment=bad,
            status="lost",
            amount=1,
            currency="usd",
            processor_id="du_bad",
            opened_at=bad.created_at,
            closed_at=bad.created_at,
            created_at=bad.created_at,
        )
        assert earlier_payments(case(sold)) == [good]
        said = from_earlier_payments(case(sold))
        assert said is not None
        assert said.sections[0].rows[0][1:] == (
            "ch_before_150",
            "customer, e-mail",
            "$50.00",
        )
        assert "Visa" not in said.texts["uncategorized_text"]

    def test_names_visas_rule_where_it_is_met(self, sold: Sold, monkeypatch: Any) -> None:
        for days in (150, 200):
            paid_before(sold, days)
        sold.payment.method_metadata = {"brand": "visa", "fingerprint": "fp_1"}
        sold.payment.email = sold.customer.email
        sold.payment.save()
        known = dict.fromkeys(
            Payment.objects.values_list("pk", flat=True), Traits(ip_address="203.0.113.7")
        )
        from apps.disputes.dossier import registry

        monkeypatch.setattr(registry, "_trait_sources", [lambda payments: known])
        said = from_earlier_payments(case(sold))
        assert said is not None
        assert "Visa Compelling Evidence 3.0" in said.sections[0].intro

    def test_says_nothing_without_any(self, sold: Sold) -> None:
        assert from_earlier_payments(case(sold)) is None


class TestBenefits:
    def test_tells_what_was_granted(self, sold: Sold) -> None:
        base = {"organization": sold.organization, "created_at": sold.order.created_at}
        benefit = Benefit.objects.create(**base, type="custom", description="Source files")
        BenefitGrant.objects.create(
            **base,
            benefit=benefit,
            customer=sold.customer,
            order_id=sold.order.pk,
            granted_at=sold.order.created_at,
        )
        said = from_benefits(case(sold))
        assert said is not None
        assert said.texts["access_activity_log"].startswith("Source files: available since")
        assert said.sections[0].rows[0][0] == "Source files"

    def test_says_nothing_without_any(self, sold: Sold) -> None:
        assert from_benefits(case(sold)) is None


class TestSubscription:
    def subscribed(self, sold: Sold, **facts: Any) -> Case:
        Subscription.objects.filter(pk=sold.subscription.pk).update(**facts)
        sold.order.subscription_id = sold.subscription.pk
        sold.order.save()
        return case(sold)

    def test_tells_what_was_billed_and_that_nobody_canceled(self, sold: Sold) -> None:
        said = from_subscription(self.subscribed(sold))
        assert said is not None
        assert facts_of(said)["Price"] == "$100.00 every month"
        assert "had not canceled" in said.texts["cancellation_rebuttal"]

    def test_argues_only_against_what_came_later(self, sold: Sold) -> None:
        paid_at = sold.payment.created_at
        late = from_subscription(self.subscribed(sold, canceled_at=paid_at + timedelta(days=1)))
        early = from_subscription(self.subscribed(sold, canceled_at=paid_at - timedelta(days=1)))
        assert late is not None and early is not None
        assert "after this payment" in late.texts["cancellation_rebuttal"]
        assert early.texts["cancellation_rebuttal"] == ""

    def test_says_nothing_of_single_purchases(self, sold: Sold) -> None:
        assert from_subscription(case(sold)) is None


class TestTraits:
    def test_are_those_of_the_checkout(self, sold: Sold) -> None:
        Checkout.objects.filter(pk=sold.checkout.pk).update(
            customer_ip_address="203.0.113.7", customer_user_agent="Firefox"
        )
        found = traits_of_payments([sold.payment])
        assert found == {sold.payment.pk: Traits("203.0.113.7", "Firefox")}


class TestJoined:
    def test_cuts_a_text_to_its_limit_and_keeps_the_first_line(self) -> None:
        parts = [
            Evidence(texts={"product_description": "x" * 30_000, "customer_name": "Ada"}),
            Evidence(texts={"customer_name": "Bob", "unknown": "y"}),
        ]
        made = joined(parts)
        assert len(made.texts["product_description"]) == 20_000
        assert made.texts["customer_name"] == "Ada"
        assert "unknown" not in made.texts

    def test_leaves_out_empty_sections(self) -> None:
        assert joined([Evidence(sections=(Section(title="Nothing"),))]).sections == ()

    def test_sections_survive_json(self) -> None:
        section = Section(title="T", facts=(("a", "b"),), columns=("c",), rows=(("d",),))
        assert Section.from_json(section.as_json()) == section
