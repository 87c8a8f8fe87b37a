"""Licence keys through the SDK, in each of its versions."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from apps.benefits.models import BenefitGrant
from apps.license_keys.models import LicenseKey
from tests.support.license_keys import limited, make_benefit, make_key
from tests.support.merchants import Merchant, make_customer_token
from tests.support.stock import make_stock


@pytest.fixture
def key(merchant: Merchant) -> LicenseKey:
    return make_key(merchant.organization, activations=limited(2), limit_usage=10, prefix="acme")


def said(key: LicenseKey) -> dict[str, str]:
    return {"key": key.key, "organization_id": str(key.organization_id)}


def has(body: Any, name: str) -> bool:
    return name in {field.name for field in fields(body)}


class TestList:
    def test_filters(self, polar: Any, merchant: Merchant, key: LicenseKey) -> None:
        other = make_key(merchant.organization)
        LicenseKey.objects.filter(pk=other.pk).update(status="disabled")

        def ids(**query: Any) -> list[str]:
            return [one.id for one in polar.license_keys.list(**query).items]

        assert ids() == [str(other.pk), str(key.pk)]
        assert ids(status="granted") == [str(key.pk)]
        assert ids(status=["granted", "disabled"]) == [str(other.pk), str(key.pk)]
        assert ids(benefit_id=str(key.benefit_id)) == [str(key.pk)]
        assert polar.license_keys.list(limit=1).pagination.max_page == 2


class TestGet:
    def test_shows_the_devices(self, polar: Any, key: LicenseKey) -> None:
        made = polar.license_keys.activate(**said(key), label="Laptop", meta={"os": "mac"})

        found = polar.license_keys.get(str(key.pk))

        assert (found.key, found.display_key) == (key.key, f"****-{key.key[-6:]}")
        assert (found.limit_activations, found.limit_usage) == (2, 10)
        assert [one.id for one in found.activations] == [made.id]
        assert found.activations[0].meta == {"os": "mac"}
        assert found.customer.email == key.customer.email

    def test_shows_one_device(self, polar: Any, key: LicenseKey) -> None:
        made = polar.license_keys.activate(**said(key), label="Laptop")

        found = polar.license_keys.get_activation(str(key.pk), made.id)

        assert (found.label, found.license_key.id) == ("Laptop", str(key.pk))


class TestUpdate:
    def test_changes_what_is_given(self, polar: Any, key: LicenseKey) -> None:
        changed = polar.license_keys.update(
            str(key.pk), limit_activations=5, limit_usage=None, usage=3, status="disabled"
        )

        assert (changed.limit_activations, changed.limit_usage, changed.usage) == (5, None, 3)
        assert changed.status == "disabled"
        assert changed.modified_at is not None

    def test_sets_an_end(self, polar: Any, key: LicenseKey, errors: Any) -> None:
        ended = polar.license_keys.update(str(key.pk), expires_at="2026-01-01T00:00:00Z")

        assert ended.expires_at == "2026-01-01T00:00:00Z"
        with pytest.raises(errors.ResourceNotFound):
            polar.license_keys.validate(**said(key))
        polar.license_keys.update(str(key.pk), expires_at=None)
        polar.license_keys.validate(**said(key))


class TestRotate:
    def test_stops_the_old_key_at_once(self, polar: Any, key: LicenseKey, errors: Any) -> None:
        made = polar.license_keys.activate(**said(key), label="Laptop")

        rotated = polar.license_keys.rotate(str(key.pk))

        assert rotated.id == str(key.pk)
        assert rotated.key.startswith("ACME-")
        assert rotated.key != key.key
        with pytest.raises(errors.ResourceNotFound):
            polar.license_keys.validate(**said(key))
        new = {**said(key), "key": rotated.key}
        assert polar.license_keys.validate(**new, activation_id=made.id).activation.id == made.id
        grant = BenefitGrant.objects.get(pk=key.grant_id)
        assert grant.properties["display_key"] == rotated.display_key


@pytest.fixture(params=["merchant", "field"])
def program(request: pytest.FixtureRequest, polar: Any) -> Any:
    """With the merchant's token, and from the field."""
    if request.param == "merchant":
        return polar.license_keys
    return polar.customer_portal.license_keys


class TestProgram:
    def test_validates(self, program: Any, key: LicenseKey, version: str) -> None:
        found = program.validate(**said(key), increment_usage=4, customer_id=str(key.customer_id))

        assert (found.status, found.usage, found.validations) == ("granted", 4, 1)
        assert found.last_validated_at is not None
        assert found.activation is None
        assert has(found, "member_id") == (version >= "2026-10")
        assert has(found, "order_id") == (version >= "2027-01")

    def test_takes_a_place_and_gives_it_back(
        self, program: Any, key: LicenseKey, errors: Any
    ) -> None:
        places = [program.activate(**said(key), label=f"Device {n}") for n in range(2)]
        assert places[0].license_key.id == str(key.pk)
        with pytest.raises(errors.NotPermitted):
            program.activate(**said(key), label="One too many")

        program.deactivate(**said(key), activation_id=places[0].id)

        program.activate(**said(key), label="Device 3")
        with pytest.raises(errors.ResourceNotFound):
            program.validate(**said(key), activation_id=places[0].id)

    def test_asks_for_the_conditions_of_a_device(
        self, program: Any, key: LicenseKey, errors: Any
    ) -> None:
        made = program.activate(**said(key), label="Laptop", conditions={"major": 1})
        asked = {**said(key), "activation_id": made.id}

        assert program.validate(**asked, conditions={"major": 1}).activation.label == "Laptop"
        with pytest.raises(errors.ResourceNotFound):
            program.validate(**asked, conditions={"major": 2})


class TestSources:
    def test_come_with_the_newest_version(self, merchant: Merchant) -> None:
        stock = make_stock(merchant.organization)
        benefit = make_benefit(merchant.organization, activations=limited(2))
        order, subscription = (
            make_key(
                merchant.organization,
                benefit=benefit,
                customer=stock.customer,
                source_id=row.pk,
                source=source,
            )
            for source, row in (("order", stock.order), ("subscription", stock.subscription))
        )
        with merchant.polar("2027-01") as polar:
            found = polar.license_keys.validate(**said(order))
            of_subscription = polar.license_keys.validate(**said(subscription))
            made = polar.license_keys.activate(**said(order), label="Laptop")

        assert found.order_id == found.order.id == str(stock.order.pk)
        assert (found.order.status, found.order.paid) == ("paid", True)
        assert (found.subscription_id, found.subscription) == (None, None)
        assert of_subscription.subscription.id == str(stock.subscription.pk)
        assert of_subscription.subscription.status == stock.subscription.status
        assert of_subscription.subscription.cancel_at_period_end is False
        assert made.license_key.order.id == str(stock.order.pk)


class TestPortal:
    @pytest.fixture
    def portal(self, polar: Any) -> Any:
        return polar.customer_portal.license_keys

    def test_lists_and_shows_what_the_customer_holds(
        self, portal: Any, merchant: Merchant, key: LicenseKey
    ) -> None:
        make_key(merchant.organization)
        token = {"request_access_token": make_customer_token(key.customer)}
        portal.activate(**said(key), label="Laptop")

        page = portal.list(**token)
        found = portal.get(str(key.pk), **token)

        assert [one.id for one in page.items] == [found.id] == [str(key.pk)]
        assert [one.label for one in found.activations] == ["Laptop"]
        assert portal.list(benefit_id=str(key.benefit_id), **token).items == page.items

    def test_hides_devices_that_customers_do_not_administer(
        self, portal: Any, merchant: Merchant
    ) -> None:
        key = make_key(merchant.organization, activations=limited(1, enable_customer_admin=False))
        portal.activate(**said(key), label="Laptop")

        found = portal.get(str(key.pk), request_access_token=make_customer_token(key.customer))

        assert found.activations == []

    def test_rotates(self, portal: Any, key: LicenseKey) -> None:
        rotated = portal.rotate(str(key.pk), request_access_token=make_customer_token(key.customer))

        assert rotated.key != key.key

    def test_takes_no_merchants_token(self, portal: Any, key: LicenseKey, errors: Any) -> None:
        with pytest.raises(errors.Unauthorized):
            portal.list()


class TestRateLimit:
    def test_shuts_out_who_guesses_for_a_minute(
        self, merchant: Merchant, key: LicenseKey, settings: Any
    ) -> None:
        settings.API_RATE_LICENSE_KEYS = 3
        settings.API_TRUST_CLIENT_IP_HEADER = True
        paths = ("validate", "activate", "deactivate", "validate")
        with merchant.http(**{"True-Client-IP": str(key.pk)}) as http:
            answers = [
                http.post(f"/v1/customer-portal/license-keys/{path}", json=said(key))
                for path in paths
            ]
            with_token = http.post("/v1/license-keys/validate", json=said(key))

        assert [answer.status_code for answer in answers] == [200, 422, 422, 429]
        assert answers[-1].headers["Retry-After"] == "60"
        assert with_token.status_code == 200
