"""Making one customer of two, and bringing a deleted one back."""

from __future__ import annotations

from typing import Any

import pytest

from apps.core.clock import system_time
from apps.core.errors import DomainError
from apps.core.origin import Door, Origin, system_origin
from apps.core.plans import Plan, PlanChanged, PlanImpossible
from apps.customers.belongings import belongings, of_members
from apps.customers.inputs import CustomerInput, OwnerInput
from apps.customers.models import Customer, Member
from apps.customers.operations import (
    CustomerNotDeleted,
    create_customer,
    delete_customer,
    merge_customers,
    plan_change_email,
    plan_merge_customers,
    plan_restore_customer,
    restore_customer,
    update_customer,
)
from apps.customers.selectors import owner_of
from apps.events.models import Event
from apps.invariants.registry import registered_checks
from apps.invariants.selectors import violations
from apps.ledger.models import Entry
from apps.orders.models import Order
from apps.orders.numbering import invoice_number
from apps.organizations.models import Organization
from apps.payments.models import Payment, PaymentMethod
from apps.subscriptions.models import Subscription
from apps.wallets.models import Wallet
from apps.wallets.operations import adjust_wallet
from tests.backoffice.world import Sold, make_organization, make_sale
from tests.support.books import broken_books

pytestmark = pytest.mark.django_db
INVOICES = ("orders.invoice_numbers_have_no_gaps", "orders.invoice_counters_are_ahead")


@pytest.fixture
def origin() -> Origin:
    return system_origin(Door.COMMAND)


@pytest.fixture
def acme() -> Organization:
    return make_organization()


@pytest.fixture
def pair(acme: Organization) -> tuple[Sold, Sold]:
    """Two customers of everything; the provider knows the first only."""
    first, second = make_sale(1, acme), make_sale(2, acme)
    Payment.objects.exclude(status="succeeded").update(status="failed")
    Customer.objects.filter(pk=second.customer.pk).update(processor_customer_id=None)
    return first, second


def merge(pair: tuple[Sold, Sold], origin: Origin, **more: Any) -> Customer:
    first, second = pair
    return merge_customers(
        customer_id=first.customer.pk, into_id=second.customer.pk, origin=origin, **more
    )


def plan(pair: tuple[Sold, Sold], origin: Origin) -> Plan:
    first, second = pair
    return plan_merge_customers(
        customer_id=first.customer.pk, into_id=second.customer.pk, origin=origin
    )


def person(acme: Organization, email: str, origin: Origin, **facts: Any) -> Customer:
    data = CustomerInput(email=email, **facts)
    return create_customer(organization=acme, data=data, origin=origin)


def number_invoices(sold: Sold, count: int) -> None:
    """As many orders of the buyer as asked, numbered as they are when they are sold."""
    for number in range(1, count + 1):
        order = Order.objects.get(pk=sold.order.pk)
        if number > 1:
            order.pk, order.checkout_id, order._state.adding = None, None, True
            order.pk = Order._meta.pk.get_default()
        order.invoice_number = invoice_number(
            prefix="M", number=number, customer_short_id=sold.customer.short_id
        )
        order.save()
    Customer.objects.filter(pk=sold.customer.pk).update(next_invoice_number=count + 1)


class TestMergeCustomers:
    def test_hands_everything_over(self, pair: tuple[Sold, Sold], origin: Origin) -> None:
        first, second = pair
        before = {one.label: one.rows(first.customer.pk).count() for one in belongings()}
        had = {one.label: one.rows(second.customer.pk).count() for one in belongings()}
        seen = plan(pair, origin)

        kept = merge(pair, origin, agreed=seen.fingerprint)

        assert sum(before.values()) >= 10, "The world has too little for this test."
        for one in belongings():
            if one.label != "wallets.Wallet":
                assert one.rows(first.customer.pk).count() == 0, one.label
                found = one.rows(kept.pk).count()
                assert found == before[one.label] + had[one.label], one.label
        gone = Customer.objects.get(pk=first.customer.pk)
        assert gone.deleted_at is not None
        assert (gone.processor_customer_id, kept.processor_customer_id) == (
            None,
            first.customer.processor_customer_id,
        )
        assert Subscription.objects.get(pk=first.subscription.pk).ended_at is None
        event = Event.objects.get(type="customer.merged")
        assert event.payload == {"merged_customer_id": str(gone.pk)}
        assert (event.subject_id, Event.objects.filter(type="customer.deleted").count()) == (
            str(kept.pk),
            1,
        )

    def test_knows_every_table_that_points_at_a_customer(self) -> None:
        known = {one.model for one in belongings()}
        pointing = {
            relation.related_model
            for relation in Customer._meta.get_fields(include_hidden=True)
            if relation.is_relation and relation.auto_created
        }
        assert {model.__name__ for model in pointing - known} == {
            "Member",
            "CustomerSession",
            "EmailChange",
            "StateChange",
        }

    def test_moves_balances_by_currency_in_the_books(
        self, pair: tuple[Sold, Sold], origin: Origin
    ) -> None:
        first, second = pair
        adjust_wallet(
            customer=first.customer, currency="eur", amount=-70, note="Debt", origin=origin
        )
        entries, wrong = Entry.objects.count(), broken_books()
        seen = plan(pair, origin)

        merge(pair, origin, agreed=seen.fingerprint)

        balances = Wallet.objects.filter(customer=second.customer, type="billing")
        assert dict(balances.values_list("currency", "balance")) == {"usd": 1000, "eur": -70}
        [emptied] = Wallet.objects.filter(customer=first.customer)
        assert (emptied.currency, emptied.balance) == ("usd", 0)
        assert list(emptied.movements.order_by("pk").values_list("amount", flat=True)) == [
            500,
            -500,
        ]
        assert Entry.objects.count() == entries + 2
        assert [(line.amount, line.currency) for line in seen.transfers] == [(500, "usd")] * 2
        assert broken_books() == wrong

    def test_leaves_invoices_their_numbers(self, pair: tuple[Sold, Sold], origin: Origin) -> None:
        first, second = pair
        Order.objects.update(invoice_number=None)
        number_invoices(first, 3)
        number_invoices(second, 1)
        checks = [registered_checks()[name] for name in INVOICES]
        assert violations(checks, at=system_time()) == []

        merge(pair, origin)

        assert violations(checks, at=system_time()) == []
        Customer.objects.filter(pk=second.customer.pk).update(next_invoice_number=1)
        assert len(violations(checks, at=system_time())) == 1

    def test_takes_over_what_the_other_lacks(self, acme: Organization, origin: Origin) -> None:
        first = person(
            acme, "a@example.com", origin, name="Ann", external_id="x", metadata={"a": 1, "b": 1}
        )
        second = person(acme, "b@example.com", origin, metadata={"b": 2})

        merge_customers(customer_id=first.pk, into_id=second.pk, origin=origin)

        second.refresh_from_db()
        assert (second.name, second.external_id, second.metadata) == ("Ann", "x", {"a": 1, "b": 2})
        assert second.email == "b@example.com"

    def test_gives_what_a_person_had_to_the_other_person(
        self, pair: tuple[Sold, Sold], acme: Organization, origin: Origin
    ) -> None:
        first = person(acme, "a@example.com", origin)
        second = person(acme, "b@example.com", origin)
        key = next(one for one in of_members() if one.label == "license_keys.LicenseKey")
        [row] = list(key.model._base_manager.all()[:1])
        row.customer, row.member = first, owner_of(first)
        row.save()

        merge_customers(customer_id=first.pk, into_id=second.pk, origin=origin)

        row.refresh_from_db()
        assert (row.customer, row.member) == (second, owner_of(second))
        assert not Member.objects.filter(customer=first, deleted_at=None).exists()

    def test_brings_the_people_of_a_team_along(self, acme: Organization, origin: Origin) -> None:
        one, other = (
            create_customer(
                organization=acme,
                data=CustomerInput(
                    type="team", name=name, owner=OwnerInput(email=f"{name}@example.com")
                ),
                origin=origin,
            )
            for name in ("one", "other")
        )

        merge_customers(customer_id=one.pk, into_id=other.pk, origin=origin)

        people = other.members.filter(deleted_at=None).values_list("email", "role")
        assert dict(people) == {"one@example.com": "member", "other@example.com": "owner"}

    def test_is_refused_across_organizations(self, acme: Organization, origin: Origin) -> None:
        first = person(acme, "a@example.com", origin)
        second = person(make_organization(2), "a@example.com", origin)

        with pytest.raises(PlanImpossible, match="two organizations"):
            merge_customers(customer_id=first.pk, into_id=second.pk, origin=origin)
        shown = plan_merge_customers(customer_id=first.pk, into_id=second.pk, origin=origin)
        assert shown.obstacles

    def test_is_refused_with_itself_the_deleted_and_of_a_team_with_a_person(
        self, acme: Organization, origin: Origin
    ) -> None:
        first, second, team, gone = (
            person(acme, f"{name}@example.com", origin, type=kind)
            for name, kind in (
                ("a", "individual"),
                ("b", "individual"),
                ("c", "team"),
                ("d", "individual"),
            )
        )
        delete_customer(customer_id=gone.pk, origin=origin)
        for one, into in ((first, first), (gone, second), (first, gone), (team, first)):
            with pytest.raises(PlanImpossible):
                merge_customers(customer_id=one.pk, into_id=into.pk, origin=origin)
        merge_customers(customer_id=first.pk, into_id=second.pk, origin=origin)
        with pytest.raises(PlanImpossible, match="deleted"):
            merge_customers(customer_id=first.pk, into_id=second.pk, origin=origin)

    def test_waits_for_a_payment_under_way(self, pair: tuple[Sold, Sold], origin: Origin) -> None:
        first, _ = pair
        Payment.objects.filter(pk=first.payment.pk).update(status="pending")

        with pytest.raises(PlanImpossible, match="under way"):
            merge(pair, origin)

    def test_leaves_methods_behind_that_the_provider_ties_to_the_former(
        self, pair: tuple[Sold, Sold], origin: Origin
    ) -> None:
        first, second = pair
        Customer.objects.filter(pk=second.customer.pk).update(processor_customer_id="cus_other")
        Subscription.objects.update(payment_method=None)

        assert "left behind" in plan(pair, origin).warnings[0]
        merge(pair, origin)

        assert PaymentMethod.objects.filter(customer=first.customer).exists()

    def test_is_refused_where_a_subscription_is_paid_with_such_a_method(
        self, pair: tuple[Sold, Sold], origin: Origin
    ) -> None:
        first, second = pair
        Customer.objects.filter(pk=second.customer.pk).update(processor_customer_id="cus_other")
        Subscription.objects.filter(pk=first.subscription.pk).update(payment_method=first.method)

        with pytest.raises(PlanImpossible, match="paid with a method"):
            merge(pair, origin)

    def test_is_refused_after_another_order(self, pair: tuple[Sold, Sold], origin: Origin) -> None:
        first, _ = pair
        seen = plan(pair, origin)
        number_invoices(first, 2)

        with pytest.raises(PlanChanged):
            merge(pair, origin, agreed=seen.fingerprint)


class TestRestoreCustomer:
    def test_brings_back_who_was_deleted(self, acme: Organization, origin: Origin) -> None:
        made = person(acme, "a@example.com", origin, external_id="x", metadata={"a": 1})
        delete_customer(customer_id=made.pk, origin=origin)

        restore_customer(customer_id=made.pk, origin=origin)

        made.refresh_from_db()
        assert (made.deleted_at, made.external_id, made.metadata) == (None, "x", {"a": 1})
        assert owner_of(made) is not None
        with pytest.raises(CustomerNotDeleted):
            restore_customer(customer_id=made.pk, origin=origin)

    def test_leaves_an_external_id_to_who_has_it_now(
        self, acme: Organization, origin: Origin
    ) -> None:
        made = person(acme, "a@example.com", origin, external_id="x")
        delete_customer(customer_id=made.pk, origin=origin)
        person(acme, "b@example.com", origin, external_id="x")

        restore_customer(customer_id=made.pk, origin=origin)

        made.refresh_from_db()
        assert (made.external_id, made.metadata) == (None, {"__external_id": "x"})

    def test_is_refused_for_a_taken_address_and_for_the_forgotten(
        self, acme: Organization, origin: Origin
    ) -> None:
        made = person(acme, "a@example.com", origin)
        delete_customer(customer_id=made.pk, origin=origin)
        again = person(acme, "A@example.com", origin)
        delete_customer(customer_id=again.pk, anonymize=True, origin=origin)
        person(acme, "a@EXAMPLE.com", origin)

        for one in (made, again):
            assert plan_restore_customer(customer_id=one.pk, origin=origin).obstacles
            with pytest.raises(DomainError):
                restore_customer(customer_id=one.pk, origin=origin)


class TestPlanChangeEmail:
    def test_foretells_who_signs_in_how(self, acme: Organization, origin: Origin) -> None:
        made = person(acme, "a@example.com", origin)
        person(acme, "b@example.com", origin)

        seen = plan_change_email(customer_id=made.pk, email="c@example.com", origin=origin)
        taken = plan_change_email(customer_id=made.pk, email="B@example.com", origin=origin)

        assert [one.event for one in seen.webhooks] == ["customer.updated", "member.updated"]
        assert not seen.obstacles
        assert taken.obstacles
        update_customer(customer_id=made.pk, changes={"email": "c@example.com"}, origin=origin)
        owner = owner_of(made)
        assert owner is not None and owner.email == "c@example.com"
