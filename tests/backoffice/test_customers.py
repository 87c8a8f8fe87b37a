"""What staff see of a customer's people."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from apps.core.origin import Door, system_origin
from apps.customers.inputs import CustomerInput, OwnerInput
from apps.customers.models import Customer
from apps.customers.operations import create_customer, delete_customer
from apps.payments.models import Payment
from tests.backoffice.acting import agree, happened
from tests.backoffice.world import Sold, make_sale

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
