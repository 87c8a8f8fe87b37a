"""Customers through the SDK."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from apps.core.clock import system_time
from apps.customers.api.presenters import present_customer_state
from apps.customers.models import Customer, Member
from apps.payments.models import PaymentMethod
from apps.subscriptions.models import Subscription
from tests.support.grants import make_benefit, put_on, work_off
from tests.support.merchants import Merchant
from tests.support.subscribers import make_plan, make_subscription

PARIS = {"line1": "1 rue de la Paix", "city": "Paris", "postal_code": "75002", "country": "FR"}


class TestCreateCustomer:
    def test_gives_an_individual(self, polar: Any, merchant: Merchant) -> None:
        customer = polar.customers.create(
            email="Jane@example.com",
            name="Jane",
            external_id="usr_1",
            billing_address=PARIS,
            tax_id="FR61954506077",
            locale="fr",
            metadata={"plan": "gold", "age": 41, "ratio": 0.5, "vip": True},
        )

        assert (customer.type, customer.email) == ("individual", "Jane@example.com")
        assert customer.tax_id == ["FR61954506077", "eu_vat"]
        assert customer.billing_address.country == "FR"
        assert customer.billing_name == "Jane"
        assert customer.metadata == {"plan": "gold", "age": 41, "ratio": 0.5, "vip": True}
        assert customer.organization_id == str(merchant.organization.pk)

    def test_gives_a_team(self, polar: Any) -> None:
        customer = polar.customers.create(type="team", email="team@example.com", name="Team")

        assert customer.type == "team"

    def test_gives_a_team_that_only_its_owner_can_be_written_to(self, polar: Any) -> None:
        owner = {"email": "Boss@example.com", "name": "Boss", "external_id": "m_1"}

        made = polar.customers.create(type="team", name="Team", owner=owner)

        assert (made.type, made.email, made.name) == ("team", None, "Team")
        member = Member.objects.get(customer_id=made.id)
        assert (member.role, member.email, member.name, member.external_id) == (
            "owner",
            "Boss@example.com",
            "Boss",
            "m_1",
        )
        assert polar.customers.get(made.id) == made
        assert polar.customers.list(query="team").items == [made]

    def test_makes_an_owner_of_a_person(self, polar: Any) -> None:
        made = polar.customers.create(email="jane@example.com", name="Jane")

        member = Member.objects.get(customer_id=made.id)
        assert (member.role, member.email, member.name) == ("owner", "jane@example.com", "Jane")

    @pytest.mark.parametrize(
        ("body", "loc"),
        [
            ({}, ["body", "email"]),
            ({"type": "team"}, ["body", "email"]),
            ({"owner": {"email": "a@example.com"}}, ["body", "email"]),
            ({"type": "team", "owner": {"email": "x"}}, ["body", "owner", "email"]),
            ({"type": "team", "owner": {"name": "x"}}, ["body", "owner", "email"]),
            ({"email": "nonsense"}, ["body", "email"]),
            ({"email": 5}, ["body", "email"]),
            ({"email": "a@example.com", "name": "x" * 257}, ["body", "name"]),
            ({"email": "a@example.com", "metadata": {"k": None}}, ["body", "metadata", "k"]),
            ({"email": "a@example.com", "tax_id": "FR61954506077"}, ["body", "billing_address"]),
            (
                {"email": "a@example.com", "billing_address": {"country": "ZZ"}},
                ["body", "billing_address", "country"],
            ),
            ({"email": "a@example.com", "organization_id": "x"}, ["body", "organization_id"]),
            ({"email": "a@example.com", "type": "robot"}, ["body", "type"]),
        ],
    )
    def test_refuses_what_does_not_fit(
        self, polar: Any, errors: Any, body: dict[str, Any], loc: list[str]
    ) -> None:
        with pytest.raises(errors.HTTPValidationError) as refusal:
            polar.customers.create(**body)

        assert refusal.value.error.detail[0].loc == loc

    def test_refuses_a_taken_email_in_any_case(self, polar: Any, errors: Any) -> None:
        polar.customers.create(email="jane@example.com")

        with pytest.raises(errors.HTTPValidationError) as refusal:
            polar.customers.create(email="JANE@example.com")

        assert refusal.value.error.detail[0].loc == ["body", "email"]

    def test_lets_two_merchants_have_the_same(
        self, polar: Any, stranger: Merchant, version: str
    ) -> None:
        polar.customers.create(email="jane@example.com", external_id="1")
        with stranger.polar(version) as other:
            other.customers.create(email="jane@example.com", external_id="1")


class TestListCustomers:
    def test_pages_sorts_and_filters(self, polar: Any) -> None:
        for number in range(12):
            polar.customers.create(
                email=f"c{number:02}@example.com",
                name=f"Name {number}",
                metadata={"group": "even" if number % 2 == 0 else "odd", "vip": number == 3},
            )

        first = polar.customers.list(limit=5, sorting=["email"])
        assert [row.email for row in first.items] == [f"c0{n}@example.com" for n in range(5)]
        assert (first.pagination.total_count, first.pagination.max_page) == (12, 3)
        assert polar.customers.list(page=4, limit=5).items == []
        assert len(list(polar.customers.iter_list(limit=5))) == 12
        assert polar.customers.list(sorting=["-email"]).items[0].email == "c11@example.com"
        assert polar.customers.list(email="C03@example.com").pagination.total_count == 1
        assert polar.customers.list(query="name 1").pagination.total_count == 3
        assert polar.customers.list(metadata={"group": "odd"}).pagination.total_count == 6
        assert polar.customers.list(metadata={"vip": True}).pagination.total_count == 1
        both = polar.customers.list(metadata={"group": ["odd", "even"], "vip": False})
        assert both.pagination.total_count == 11
        assert polar.customers.list(active=True).items == []
        assert polar.customers.list(active=False).pagination.total_count == 12
        assert polar.customers.list(organization_id=str(uuid4())).items == []
        assert len(polar.customers.list(limit=1000).items) == 12

    def test_refuses_page_zero(self, polar: Any, errors: Any) -> None:
        with pytest.raises(errors.HTTPValidationError) as refusal:
            polar.customers.list(page=0)

        assert refusal.value.error.detail[0].loc == ["query", "page"]

    def test_exports(self, polar: Any) -> None:
        polar.customers.create(email="jane@example.com", name="=SUM(A1)")

        lines = polar.customers.export().splitlines()

        assert lines[0].startswith("ID,External ID")
        assert len(lines) == 2
        assert "'=SUM(A1)" in lines[1]


class TestGetCustomer:
    def test_by_either_id(self, polar: Any) -> None:
        made = polar.customers.create(email="jane@example.com", external_id="usr/1 x")

        assert polar.customers.get(made.id) == made
        assert polar.customers.get_external("usr/1 x") == made

    def test_gives_the_state(self, polar: Any) -> None:
        made = polar.customers.create(email="jane@example.com", external_id="usr_1")

        state = polar.customers.get_state(made.id)

        assert (state.id, state.active_subscriptions, state.granted_benefits) == (made.id, [], [])
        assert polar.customers.get_state_external("usr_1") == state

    def test_gives_what_is_granted(self, polar: Any, merchant: Merchant) -> None:
        made = polar.customers.create(email="jane@example.com", external_id="usr_1")
        plan = make_plan(merchant.organization)
        put_on(plan[0], make_benefit(merchant.organization, "custom", note="Thank you"))
        subscription = make_subscription(
            merchant.organization, plan=plan, customer=Customer.objects.get(pk=made.id)
        )
        work_off()
        active = present_customer_state(Customer.objects.get(pk=made.id))["active_subscriptions"]
        assert [(row["id"], row["status"]) for row in active] == [(subscription.pk, "active")]
        # Past due is not active, but in its days of grace still has its benefits. The SDK takes no
        # active one: it reads its status as that of a licence key.
        Subscription.objects.filter(pk=subscription.pk).update(
            status="past_due", past_due_at=system_time()
        )

        state = polar.customers.get_state(made.id)

        [granted] = state.granted_benefits
        assert (granted.benefit_type, state.active_subscriptions) == ("custom", [])
        assert granted.granted_at is not None
        assert polar.customers.get_state_external("usr_1") == state

    def test_lists_payment_methods(self, polar: Any, merchant: Merchant) -> None:
        made = polar.customers.create(email="jane@example.com", external_id="usr_1")
        kinds = {"card": {"brand": "visa", "last4": "4242", "exp_month": 1, "exp_year": 2030}}
        for kind, facts in {**kinds, "link": {}}.items():
            PaymentMethod.objects.create(
                organization=merchant.organization,
                customer_id=made.id,
                processor_id=f"pm_{kind}",
                type=kind,
                method_metadata=facts,
                created_at=system_time(),
            )

        methods = polar.customers.list_payment_methods(made.id)

        assert [method.type for method in methods.items] == ["link", "card"]
        assert methods.items[1].method_metadata.last4 == "4242"
        assert polar.customers.list_payment_methods_external("usr_1") == methods

    def test_hides_what_is_not_there(self, polar: Any, errors: Any) -> None:
        unknown = str(uuid4())
        for read in (
            lambda: polar.customers.get(unknown),
            lambda: polar.customers.get_state(unknown),
            lambda: polar.customers.get_external("nobody"),
            lambda: polar.customers.get_state_external("nobody"),
            lambda: polar.customers.list_payment_methods(unknown),
            lambda: polar.customers.list_payment_methods_external("nobody"),
            lambda: polar.customers.update(unknown, name="x"),
            lambda: polar.customers.update_external("nobody", name="x"),
            lambda: polar.customers.delete(unknown),
            lambda: polar.customers.delete_external("nobody"),
        ):
            with pytest.raises(errors.ResourceNotFound):
                read()

    def test_refuses_what_is_no_id(self, polar: Any, errors: Any) -> None:
        for read in (polar.customers.get, polar.customers.delete, polar.customers.get_state):
            with pytest.raises(errors.HTTPValidationError) as refusal:
                read("no-id")
            assert refusal.value.error.detail[0].loc == ["path", "id"]


class TestUpdateCustomer:
    def test_changes_what_is_named(self, polar: Any) -> None:
        made = polar.customers.create(email="jane@example.com", name="Jane", metadata={"a": 1})

        changed = polar.customers.update(
            made.id,
            email="jane2@example.com",
            external_id="usr_1",
            billing_address={"line1": "1 Main", "state": "CA", "country": "US"},
            metadata={"b": 2},
            type="team",
        )

        assert (changed.email, changed.name, changed.external_id) == (
            "jane2@example.com",
            "Jane",
            "usr_1",
        )
        assert changed.billing_address.state == "US-CA"
        assert changed.metadata == {"b": 2}
        assert changed.type == "team"
        assert changed.modified_at is not None
        assert polar.customers.update_external("usr_1", name=None).name is None

    def test_ignores_a_null_email(self, polar: Any) -> None:
        made = polar.customers.create(email="jane@example.com")

        assert polar.customers.update(made.id, email=None).email == "jane@example.com"

    def test_refuses_another_external_id(self, polar: Any, errors: Any) -> None:
        made = polar.customers.create(email="jane@example.com", external_id="1")

        for value in ("2", None):
            with pytest.raises(errors.HTTPValidationError):
                polar.customers.update(made.id, external_id=value)
        with pytest.raises(errors.HTTPValidationError):
            polar.customers.update_external("1", email="nonsense")


class TestDeleteCustomer:
    def test_frees_email_and_external_id(self, polar: Any, errors: Any) -> None:
        made = polar.customers.create(email="jane@example.com", external_id="usr_1")

        assert polar.customers.delete(made.id) is None

        with pytest.raises(errors.ResourceNotFound):
            polar.customers.get(made.id)
        assert polar.customers.create(email="jane@example.com", external_id="usr_1").id != made.id

    def test_forgets_by_external_id(self, polar: Any, merchant: Merchant) -> None:
        made = polar.customers.create(email="jane@example.com", name="Jane", external_id="usr_1")

        polar.customers.delete_external("usr_1", anonymize=True)

        row = Customer.objects.get(pk=made.id)
        assert row.email is not None and "jane" not in row.email
        assert row.name is not None and len(row.name) == 64
        assert row.metadata["__external_id"] == "usr_1"
