"""The verbs of customers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef

from apps.core.errors import ResourceNotFound, ValidationFailed
from apps.core.origin import Door, Origin, system_origin
from apps.customers import activity
from apps.customers.inputs import CustomerInput, OwnerInput
from apps.customers.models import Customer, Member
from apps.customers.operations import (
    create_customer,
    delete_customer,
    match_buyer,
    update_customer,
)
from apps.customers.selectors import by_activity, mail_address, owner_of
from apps.events.models import Event
from apps.organizations.models import Organization
from tests.support.merchants import make_organization

FRANCE = {"country": "FR"}


@pytest.fixture
def origin() -> Origin:
    return system_origin(Door.COMMAND)


@pytest.fixture
def acme(db: None) -> Organization:
    return make_organization()


def make(acme: Organization, origin: Origin, **fields: Any) -> Customer:
    data = CustomerInput(**{"email": "jane@example.com", **fields})
    return create_customer(organization=acme, data=data, origin=origin)


class TestCreateCustomer:
    def test_gives_short_ids_that_differ(self, acme: Organization, origin: Origin) -> None:
        ids = {make(acme, origin, email=f"{n}@example.com").short_id for n in range(20)}

        assert len(ids) == 20
        assert all(0 < short_id < 2**52 for short_id in ids)


class TestUpdateCustomer:
    def test_writes_nothing_when_nothing_changes(self, acme: Organization, origin: Origin) -> None:
        customer = make(acme, origin, name="Jane")

        same = update_customer(
            customer_id=customer.pk, changes={"name": "Jane", "email": None}, origin=origin
        )

        assert same.modified_at is None
        assert not Event.objects.filter(type="customer.updated").exists()

    def test_checks_the_tax_id_again_in_a_new_country(
        self, acme: Organization, origin: Origin
    ) -> None:
        customer = make(acme, origin, billing_address=FRANCE, tax_id="FR61954506077")

        with pytest.raises(ValidationFailed) as refusal:
            update_customer(
                customer_id=customer.pk,
                changes={"billing_address": {"country": "US"}},
                origin=origin,
            )

        assert refusal.value.problems[0]["loc"] == ["body", "tax_id"]

    def test_refuses_the_deleted(self, acme: Organization, origin: Origin) -> None:
        customer = make(acme, origin)
        delete_customer(customer_id=customer.pk, origin=origin)

        with pytest.raises(ResourceNotFound):
            update_customer(customer_id=customer.pk, changes={"name": "x"}, origin=origin)


class TestDeleteCustomer:
    def test_twice_is_once(self, acme: Organization, origin: Origin) -> None:
        customer = make(acme, origin, external_id="usr_1")
        for _ in range(2):
            deleted = delete_customer(customer_id=customer.pk, origin=origin)

        assert deleted.metadata == {"__external_id": "usr_1"}
        assert deleted.external_id is None
        assert Event.objects.filter(type="customer.deleted").count() == 1

    def test_forgets_later_and_once(self, acme: Organization, origin: Origin) -> None:
        customer = make(acme, origin, name="Jane", billing_name="Jane Ltd", billing_address=FRANCE)
        delete_customer(customer_id=customer.pk, origin=origin)

        first = delete_customer(customer_id=customer.pk, anonymize=True, origin=origin)
        later = Origin(actor=origin.actor, door=origin.door, at=origin.at + timedelta(days=1))
        second = delete_customer(customer_id=customer.pk, anonymize=True, origin=later)

        assert first.email == second.email != "jane@example.com"
        assert (first.email or "").endswith("@anonymized.polar.sh")
        assert first.billing_address is None
        assert len(first.billing_name or "") == 64
        assert second.anonymized_at == origin.at
        assert Event.objects.filter(type="customer.anonymized").count() == 1
        assert "jane" not in str(Event.objects.filter(type="customer.anonymized").values()).lower()

    def test_keeps_the_name_that_invoices_with_a_tax_id_need(
        self, acme: Organization, origin: Origin
    ) -> None:
        customer = make(acme, origin, name="Jane", billing_address=FRANCE, tax_id="FR61954506077")

        gone = delete_customer(customer_id=customer.pk, anonymize=True, origin=origin)

        assert (gone.name, gone.tax_id) == ("Jane", ["FR61954506077", "eu_vat"])


class TestOwners:
    def test_of_a_person_follows_until_it_is_somebody_else(
        self, acme: Organization, origin: Origin
    ) -> None:
        jane = make(acme, origin, name="Jane")
        kept = make(
            acme, origin, email="joe@example.com", owner=OwnerInput(email="boss@example.com")
        )

        for customer in (jane, kept):
            changes = {"email": f"new.{customer.email}", "name": "New"}
            update_customer(customer_id=customer.pk, changes=changes, origin=origin)

        assert [(owner.email, owner.name) for owner in map(owner_of, (jane, kept)) if owner] == [
            ("new.jane@example.com", "New"),
            ("boss@example.com", None),
        ]

    def test_is_one_and_has_an_email_of_its_own(self, acme: Organization, origin: Origin) -> None:
        jane = make(acme, origin)
        facts = {"organization": acme, "customer": jane, "created_at": origin.at}

        for role, email in (("owner", "b@example.com"), ("member", "JANE@example.com")):
            with pytest.raises(IntegrityError), transaction.atomic():
                Member.objects.create(role=role, email=email, **facts)

    def test_goes_and_is_forgotten_with_the_customer(
        self, acme: Organization, origin: Origin
    ) -> None:
        team = make(
            acme, origin, email=None, type="team", owner=OwnerInput(email="b@example.com", name="B")
        )

        delete_customer(customer_id=team.pk, anonymize=True, origin=origin)

        [member] = Member.objects.filter(customer=team)
        assert member.deleted_at == origin.at
        assert member.email.endswith("@anonymized.polar.sh")
        assert len(member.name or "") == 64


class TestMailAddress:
    def test_is_the_owners_where_a_team_has_none(self, acme: Organization, origin: Origin) -> None:
        team = make(
            acme, origin, email=None, type="team", owner=OwnerInput(email="boss@example.com")
        )
        jane = make(acme, origin)

        assert mail_address(team) == "boss@example.com"
        assert mail_address(jane) == "jane@example.com"
        gone = delete_customer(customer_id=jane.pk, anonymize=True, origin=origin)
        assert mail_address(gone) is None


class TestActivity:
    def test_is_what_the_apps_above_say(
        self, acme: Organization, origin: Origin, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(activity._activity, "_queries", {})
        jane, joe = make(acme, origin), make(acme, origin, email="joe@example.com")
        everybody = Customer.objects.filter(organization=acme)
        assert not by_activity(everybody, True).exists()

        activity.register_activity(
            "test", lambda: Exists(Customer.objects.filter(pk=OuterRef("pk"), email=jane.email))
        )

        assert list(by_activity(everybody, True)) == [jane]
        assert list(by_activity(everybody, False)) == [joe]


class TestMatchBuyer:
    def match(self, acme: Organization, origin: Origin, **fields: Any) -> tuple[Customer, bool]:
        return match_buyer(
            organization=acme, **{"email": "jane@example.com", **fields}, origin=origin
        )

    def test_makes_a_new_customer(self, acme: Organization, origin: Origin) -> None:
        customer, is_by_email = self.match(
            acme, origin, external_id="1", name="Jane", metadata={"a": 1}
        )

        assert (customer.external_id, customer.name, is_by_email) == ("1", "Jane", False)

    def test_finds_by_email_in_any_case_and_says_so(
        self, acme: Organization, origin: Origin
    ) -> None:
        known = make(acme, origin, name="Jane")

        customer, is_by_email = self.match(
            acme, origin, email="JANE@example.com", name="Other", billing_name="Jane Ltd"
        )

        assert (customer, is_by_email) == (known, True)
        assert (customer.name, customer.billing_name) == ("Jane", "Jane Ltd")

    def test_finds_by_external_id_first(self, acme: Organization, origin: Origin) -> None:
        known = make(acme, origin, external_id="1")

        assert self.match(acme, origin, external_id="1") == (known, False)

    def test_refuses_anothers_external_id(self, acme: Organization, origin: Origin) -> None:
        make(acme, origin, external_id="1")

        with pytest.raises(ValidationFailed):
            self.match(acme, origin, email="eve@example.com", external_id="1")

    def test_does_not_find_the_deleted(self, acme: Organization, origin: Origin) -> None:
        gone = make(acme, origin)
        delete_customer(customer_id=gone.pk, origin=origin)

        customer, _ = self.match(acme, origin)

        assert customer != gone


@pytest.mark.django_db(transaction=True)
class TestMatchingAtOnce:
    def test_makes_one_customer(self, origin: Origin) -> None:
        acme = make_organization()

        def match(_: int) -> Any:
            try:
                return match_buyer(organization=acme, email="jane@example.com", origin=origin)[0].pk
            finally:
                connection.close()

        with ThreadPoolExecutor(6) as pool:
            found = set(pool.map(match, range(6)))

        assert len(found) == 1
        assert Customer.objects.filter(organization=acme).count() == 1
