"""What staff see of a customer's people."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from apps.core.clock import system_time
from apps.core.origin import Door, system_origin
from apps.customers.inputs import CustomerInput, OwnerInput
from apps.customers.models import Customer
from apps.customers.operations import create_customer, delete_customer
from apps.customers.selectors import valid_customer_session
from apps.payments.models import Payment
from tests.backoffice.acting import REASON, act, agree, happened
from tests.backoffice.world import Sold, make_sale
from tests.support.drafts import make_buyer
from tests.support.grants import make_benefit, put_on, spy, work_off
from tests.support.subscribers import make_merchant, make_plan, make_subscription

Staff = Callable[[str], Client]


@pytest.mark.django_db
def test_page_of_a_team_shows_its_owner(staff: Callable[[str], Client], sold: Sold) -> None:
    owner = OwnerInput(email="boss@example.com", name="Ada Boss")
    team = create_customer(
        organization=sold.organization,
        data=CustomerInput(type="team", name="Team", owner=owner),
        origin=system_origin(Door.COMMAND),
    )

    answer = staff("viewer").get(reverse("admin:customers_customer_change", args=[team.pk]))

    text = answer.content.decode()
    assert "Members" in text
    assert "boss@example.com" in text
    assert "Ada Boss" in text


class TestVerbs:
    def test_change_the_address(self, staff: Staff, sold: Sold) -> None:
        done = agree(
            staff("support"),
            "customers_customer_change_email",
            sold.customer.pk,
            email="new@example.com",
        )

        assert "HX-Redirect" in done
        sold.customer.refresh_from_db()
        assert sold.customer.email == "new@example.com"
        happened("customer.updated", "support@example.com")

    def test_show_the_way_into_the_portal(self, staff: Staff, sold: Sold) -> None:
        buyer = make_buyer(sold.organization)
        shown = act(staff("support"), "customers_customer_open_portal", buyer.pk)

        found = re.search(r"(polar_cst_\w+)", shown.content.decode())
        assert found is not None
        session = valid_customer_session(found[1], at=system_time())
        assert session is not None and session.customer == buyer
        happened("customer_session.created", "support@example.com")
        assert act(staff("viewer"), "customers_customer_open_portal", buyer.pk).status_code in (
            302,
            403,
        )

    def test_merge_by_id_or_address(self, staff: Staff, sold: Sold) -> None:
        other = make_sale(2, sold.organization).customer
        Payment.objects.exclude(status="succeeded").update(status="failed")
        Customer.objects.filter(pk=other.pk).update(processor_customer_id=None)

        done = agree(
            staff("support"), "customers_customer_merge", sold.customer.pk, into=other.email
        )

        assert "HX-Redirect" in done, done.content.decode()
        sold.order.refresh_from_db()
        assert sold.order.customer_id == other.pk
        happened("customer.merged", "support@example.com")
        page = staff("viewer").get(reverse("admin:customers_customer_change", args=[other.pk]))
        assert str(sold.order.pk) in page.content.decode()

    def test_show_why_customers_of_two_merchants_stay_two(self, staff: Staff, sold: Sold) -> None:
        stranger = make_sale(2).customer

        shown = agree(
            staff("support"), "customers_customer_merge", sold.customer.pk, into=str(stranger.pk)
        )

        assert "HX-Redirect" not in shown
        assert "two organizations" in shown.content.decode()
        sold.customer.refresh_from_db()
        assert sold.customer.deleted_at is None

    def test_restore_who_was_deleted(self, staff: Staff, sold: Sold) -> None:
        delete_customer(customer_id=sold.customer.pk, origin=system_origin(Door.COMMAND))

        done = agree(staff("support"), "customers_customer_restore", sold.customer.pk)

        assert "HX-Redirect" in done
        sold.customer.refresh_from_db()
        assert sold.customer.deleted_at is None
        happened("customer.restored", "support@example.com")


class TestExport:
    def test_holds_what_is_the_customers_and_no_key_to_anything(
        self, staff: Staff, sold: Sold
    ) -> None:
        stranger = make_sale(2, sold.organization)
        address = reverse("admin:customers_customer_export", args=[sold.customer.pk])

        answer = staff("support").post(address, {"reason": REASON})

        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            held = {name: json.loads(archive.read(name)) for name in archive.namelist()}
        assert held["customers.Customer.json"][0]["email"] == sold.customer.email
        assert {
            "orders.Order.json",
            "orders.OrderItem.json",
            "payments.PaymentMethod.json",
            "subscriptions.Subscription.json",
            "wallets.Wallet.json",
            "wallets.WalletMovement.json",
            "notifications.Mail.json",
            "disputes.Dispute.json",
            "checkouts.Checkout.json",
        } <= held.keys()
        text = json.dumps(held)
        assert sold.checkout.client_secret not in text
        assert str(stranger.customer.email) not in text
        assert "no-store" in answer["Cache-Control"]
        happened("customer.exported", "support@example.com")

    def test_needs_support_a_reason_and_a_post(self, staff: Staff, sold: Sold) -> None:
        address = reverse("admin:customers_customer_export", args=[sold.customer.pk])

        assert staff("viewer").post(address, {"reason": REASON}).status_code == 403
        assert staff("support").post(address, {"reason": ""}).status_code == 400
        assert staff("support").get(address).status_code == 405


class TestGrantAgain:
    def test_tries_all_that_something_paid_still_gives(self, staff: Staff) -> None:
        strategy = spy()
        merchant = make_merchant()
        plan = make_plan(merchant)
        put_on(plan[0], make_benefit(merchant), make_benefit(merchant))
        subscription = make_subscription(merchant, plan=plan)
        work_off()
        strategy.asked.clear()

        address = reverse("admin:benefits_benefitgrant_grant_all_again")
        page = staff("support").get(
            reverse("admin:customers_customer_change", args=[subscription.customer_id])
        )
        done = act(
            staff("support"),
            "benefits_benefitgrant_grant_all_again",
            customer=str(subscription.customer_id),
        )
        work_off()

        assert f"{address}?customer={subscription.customer_id}" in page.content.decode()
        assert "HX-Redirect" in done
        assert strategy.verbs == ["update", "update"]
