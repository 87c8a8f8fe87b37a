"""What the pages say."""

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.test import Client
from django.urls import reverse

from apps.core.clock import system_time
from apps.core.origin import Actor, Door, build_origin
from apps.events.models import Delivery, Event
from apps.events.operations import record
from apps.ledger.selectors import balances_of
from tests.backoffice.acting import act
from tests.backoffice.world import Sold

Staff = Callable[[str], Client]


def page(client: Client, name: str, record_id: object) -> str:
    """The text of a record's page."""
    response = client.get(reverse(f"admin:{name}_change", args=[record_id]))
    assert response.status_code == 200
    return response.content.decode()


class TestOrder:
    def test_shows_where_each_cent_went(self, staff: Staff, sold: Sold) -> None:
        text = page(staff("viewer"), "orders_order", sold.order.pk)
        assert "Where each cent went" in text
        # 120.00 paid: 20.00 tax, 3.78 processor; the merchant has the rest less the platform fee.
        for amount in ("$120.00", "$20.00", "$3.78"):
            assert amount in text
        # Whatever else was kept back of the balance, of this sale it is that.
        merchant = 10_000 - sold.order.platform_fee_amount
        assert f"${merchant / 100:.2f}" in text

    def test_leads_to_everything_around_it(self, staff: Staff, sold: Sold) -> None:
        text = page(staff("viewer"), "orders_order", sold.order.pk)
        for other in (sold.customer, sold.product, sold.organization, sold.payment, sold.checkout):
            assert str(other.pk) in text

    def test_has_a_timeline_of_actor_and_reason(self, staff: Staff, sold: Sold) -> None:
        origin = build_origin(
            actor=Actor.STAFF,
            actor_label="sam@example.com",
            door=Door.BACKOFFICE,
            reason="Asked by phone",
        )
        record(
            "order.updated",
            subject=sold.order,
            organization_id=sold.organization.pk,
            origin=origin,
            changes={"billing_name": ("Ada", "Grace"), "status": ("draft", "pending")},
        )
        text = page(staff("viewer"), "orders_order", sold.order.pk)
        for words in (
            "order.updated",
            "order.paid",
            "sam@example.com",
            "Asked by phone",
            "pending",
        ):
            assert words in text
        assert "billing_name" in text
        assert "Grace" not in text


class TestLedger:
    def test_opens_a_balance_to_its_entries(self, staff: Staff, sold: Sold) -> None:
        found = next(
            row
            for row in balances_of(sold.organization.pk)
            if row.balance.kind == "merchant_balance"
        )
        listed = staff("viewer").get(reverse("admin:ledger_account_changelist")).content.decode()
        assert f"${found.balance.amount / 100:.2f}" in listed
        text = page(staff("viewer"), "ledger_account", found.account.pk)
        for transfer in found.account.credits.all():
            assert reverse("admin:ledger_entry_change", args=[transfer.entry_id]) in text

    def test_opens_an_entry_to_its_transfers_and_cause(self, staff: Staff, sold: Sold) -> None:
        entries = sold.organization.entries.filter(order_id=sold.order.pk)
        assert entries
        for entry in entries:
            text = page(staff("viewer"), "ledger_entry", entry.pk)
            assert reverse("admin:orders_order_change", args=[sold.order.pk]) in text
            assert reverse("admin:payments_payment_change", args=[sold.payment.pk]) in text
            for transfer in entry.transfers.all():
                for account_id in (transfer.debit_account_id, transfer.credit_account_id):
                    assert reverse("admin:ledger_account_change", args=[account_id]) in text


class TestMerchant:
    def test_tells_how_far_the_test_clock_is_ahead(self, staff: Staff, sold: Sold) -> None:
        sold.organization.clock_offset = timedelta(days=30)
        sold.organization.save(update_fields=["clock_offset"])
        text = page(staff("viewer"), "organizations_organization", sold.organization.pk)
        assert "30 days" in text
        assert "0:00:00" not in text


class TestDashboard:
    def test_counts_the_day(self, staff: Staff, sold: Sold) -> None:
        sold.payment.__class__.objects.update(created_at=system_time())
        text = staff("viewer").get("/backoffice/").content.decode()
        assert "Volume USD" in text
        assert "$120.00" in text
        assert sold.order.invoice_number in text

    def test_leaves_out_what_a_test_clock_has_brought(self, staff: Staff, sold: Sold) -> None:
        ahead = system_time() + timedelta(days=30)
        for one in (sold.payment, sold.order):
            one.__class__.objects.update(created_at=ahead)
        figures = staff("viewer").get("/backoffice/").context["figures"]
        assert (figures.payment_count, figures.order_count, list(figures.volumes)) == (0, 0, [])
        assert not any(day.count for day in figures.days)

    def test_tells_what_is_wrong(self, staff: Staff, sold: Sold) -> None:
        checks = {
            check.name: check for check, _ in staff("viewer").get("/backoffice/").context["health"]
        }
        assert checks["Broker"].tone == "good"
        assert checks["Provider events failed"].tone == "bad"
        assert checks["Dead tasks"].tone == "bad"
        owed = Delivery.objects.filter(done_at=None).count()
        assert checks["Deliveries"].text == f"{owed} owed"

    def test_survives_a_broker_that_is_gone(self, staff: Staff) -> None:
        client = staff("viewer")
        settings.REDIS_URL, url = "redis://127.0.0.1:1/0", settings.REDIS_URL
        try:
            health = client.get("/backoffice/operations/health/").context["health"]
        finally:
            settings.REDIS_URL = url
        assert {check.name: check.tone for check, _ in health}["Broker"] == "bad"


class TestPeriodicJobs:
    def test_lists_each_with_its_next_run(self, staff: Staff) -> None:
        text = staff("viewer").get(reverse("admin:periodic_jobs")).content.decode()
        for job in settings.SCHEDULE:
            assert job.name in text
        assert "Run now" not in text
        assert "Run now" in staff("admin").get(reverse("admin:periodic_jobs")).content.decode()


class TestTimeline:
    def test_of_an_order_tells_of_its_checkout_and_payments(self, staff: Staff, sold: Sold) -> None:
        for subject, event_type in (
            (sold.checkout, "checkout.confirmed"),
            (sold.payment, "payment.succeeded"),
            (sold.customer, "customer.updated"),
        ):
            record(
                event_type,
                subject=subject,
                organization_id=sold.organization.pk,
                origin=build_origin(actor=Actor.SYSTEM, door=Door.TASK),
            )
        text = page(staff("viewer"), "orders_order", sold.order.pk)
        assert "checkout.confirmed" in text
        assert "payment.succeeded" in text
        assert "customer.updated" not in text

    def test_of_a_merchant_shows_what_staff_did_anywhere(self, staff: Staff, sold: Sold) -> None:
        origin = build_origin(
            actor=Actor.STAFF, actor_label="sam@example.com", door=Door.BACKOFFICE, reason="Fraud"
        )
        record(
            "customer.deleted",
            subject=sold.customer,
            organization_id=sold.organization.pk,
            origin=origin,
        )
        text = page(staff("viewer"), "organizations_organization", sold.organization.pk)
        for words in ("Acts of staff", "customer.deleted", "sam@example.com", "Fraud"):
            assert words in text

    def test_shows_amounts_in_their_currency(self, staff: Staff, sold: Sold) -> None:
        record(
            "order.updated",
            subject=sold.order,
            organization_id=sold.organization.pk,
            origin=build_origin(actor=Actor.SYSTEM, door=Door.TASK),
            changes={
                "platform_fee_amount": (0, 801),
                "platform_fee_currency": (None, "eur"),
                "refunded_amount": (0, 1234),
            },
        )
        text = page(staff("viewer"), "orders_order", sold.order.pk)
        assert "€8.01" in text
        assert "$12.34" in text


class TestInvariants:
    def test_shows_what_is_broken_first_with_counterexamples(
        self, staff: Staff, sold: Sold
    ) -> None:
        address = reverse("admin:invariants")
        text = staff("viewer").get(address).content.decode()
        title = "An order&#x27;s total is its subtotal less the discount"
        assert text.index(title) < text.index("The books of every currency balance")
        assert reverse("admin:orders_order_change", args=[sold.order.pk]) in text
        assert "10000 - 1 is neither" in text and "and 20 more" in text
        assert "Run checks" not in text
        assert "Run checks" in staff("support").get(address).content.decode()

    def test_narrows_to_a_state_and_an_area(self, staff: Staff, sold: Sold) -> None:
        address = reverse("admin:invariants")
        text = staff("viewer").get(f"{address}?state=broken&area=records").content.decode()
        assert "1 check," in text and "The books of every currency balance" not in text
        none = staff("viewer").get(f"{address}?state=broken&area=books").content.decode()
        assert "No check is in this state." in none

    def test_are_a_sign_on_the_dashboard(self, staff: Staff, sold: Sold) -> None:
        text = staff("viewer").get(reverse("admin:index")).content.decode()
        assert f"{reverse('admin:invariants')}?state=broken" in text
        assert "broken: An order&#x27;s total" in text

    def test_are_run_on_request(self, staff: Staff, sold: Sold) -> None:
        asked = {"check": "ledger.books_balance", "reason": "Looks odd"}
        act(staff("support"), "invariants_checkrun_run_checks", **asked)
        event = Event.objects.get(type="check.requested")
        assert (event.reason, event.payload) == ("Looks odd", {"names": ["ledger.books_balance"]})
