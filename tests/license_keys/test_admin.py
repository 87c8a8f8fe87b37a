"""Licence keys in the backoffice."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from apps.core.staff.chart import HEIGHT, bars
from apps.events.models import Event
from apps.license_keys.models import LicenseKey, LicenseKeyActivation, LicenseKeyDay
from apps.license_keys.selectors import ending_in
from tests.backoffice.acting import act, agree, happened
from tests.backoffice.conftest import staff
from tests.support.drafts import make_product
from tests.support.license_keys import limited, make_key
from tests.support.merchants import make_organization

__all__ = ["staff"]

pytestmark = pytest.mark.django_db
LIST = "admin:license_keys_licensekey_changelist"
WHO = "support@example.com"


@pytest.fixture
def key() -> LicenseKey:
    made = make_key(
        make_organization(),
        activations=limited(3),
        limit_usage=10,
        expires={"ttl": 1, "timeframe": "month"},
    )
    LicenseKeyActivation.objects.create(
        license_key=made, label="Ada's laptop", created_at=made.created_at
    )
    return made


def verb(name: str) -> str:
    return f"license_keys_licensekey_{name}"


def page(staff: Any, key: LicenseKey) -> str:
    address = reverse("admin:license_keys_licensekey_change", args=[key.pk])
    return str(staff("viewer").get(address).content.decode())


class TestSearch:
    def test_finds_by_key_buyer_product_and_device(self, staff: Any, key: LicenseKey) -> None:
        other = make_key(key.organization)
        product = make_product(key.organization)
        key.benefit.product_links.create(product=product)
        terms = (
            key.key,
            key.key.lower(),
            key.key[-6:],
            key.key[-5:].lower(),
            key.customer.email,
            product.name,
            "laptop",
            str(key.pk),
            str(key.customer_id),
            str(key.grant.order_id),  # type: ignore[union-attr]
        )
        for term in terms:
            rows = staff("viewer").get(reverse(LIST), {"q": term}).content.decode()
            assert str(key.pk) in rows, term
            assert str(other.pk) not in rows, term

    def test_finds_nothing_where_there_is_nothing(self, staff: Any, key: LicenseKey) -> None:
        rows = staff("viewer").get(reverse(LIST), {"q": "nobody knows"}).content.decode()

        assert str(key.pk) not in rows

    def test_finds_by_the_end_with_the_index(self, key: LicenseKey) -> None:
        facts = {name: getattr(key, name) for name in ("organization", "customer", "benefit")}
        LicenseKey.objects.bulk_create(
            LicenseKey(**facts, key=f"KEY-{number:05}", created_at=key.created_at)
            for number in range(2000)
        )
        plan = ending_in(LicenseKey.objects.all(), "01234").explain()

        assert "license_keys_ends" in plan


class TestPage:
    def test_shows_devices_and_days(self, staff: Any, key: LicenseKey) -> None:
        yesterday = datetime.now(UTC).date() - timedelta(days=1)
        LicenseKeyDay.objects.create(license_key=key, date=yesterday, validations=1234)

        shown = page(staff, key)

        # The apostrophe is escaped.
        assert "laptop" in shown
        assert "1 of 3 places are taken." in shown
        assert f"{yesterday}: 1,234" in shown

    def test_says_what_is_not_there(self, staff: Any) -> None:
        shown = page(staff, make_key(make_organization()))

        assert "It takes no activations." in shown
        assert "None in the last 30 days." in shown


class TestVerbs:
    def test_rotate(self, staff: Any, key: LicenseKey) -> None:
        assert "HX-Redirect" in agree(staff("support"), verb("rotate"), key.pk)

        stored = LicenseKey.objects.get()
        assert stored.key != key.key
        told = happened("license_key.rotated", WHO)
        assert key.key not in str(told.changes) and stored.key not in str(told.changes)

    def test_disable_and_enable(self, staff: Any, key: LicenseKey) -> None:
        shown = act(staff("support"), verb("disable"), key.pk).content.decode()
        assert "Programs that ask about it are refused from now on." in shown

        agree(staff("support"), verb("disable"), key.pk)
        assert LicenseKey.objects.get().status == "disabled"
        assert act(staff("support"), verb("disable"), key.pk).status_code == 404

        agree(staff("support"), verb("enable"), key.pk)
        assert LicenseKey.objects.get().status == "granted"
        happened("license_key.disabled", WHO)
        happened("license_key.granted", WHO)

    def test_revoke_takes_the_grant_along(self, staff: Any, key: LicenseKey) -> None:
        agree(staff("support"), verb("revoke"), key.pk)

        assert LicenseKey.objects.get().status == "revoked"
        told = happened("license_key.revoked", WHO)
        assert told.payload == {"grant_id": str(key.grant_id), "is_by_hand": True}

    def test_extend(self, staff: Any, key: LicenseKey) -> None:
        assert key.expires_at is not None
        day = (key.expires_at + timedelta(days=30)).date()

        agree(staff("support"), verb("extend"), key.pk, until=day.isoformat())

        stored = LicenseKey.objects.get()
        assert stored.expires_at == datetime.combine(day, datetime.min.time(), UTC) + timedelta(1)
        assert stored.own_terms == ["expires_at"]
        refused = act(staff("support"), verb("extend"), key.pk, until="2026-01-01")
        assert "It would end earlier than it does" in refused.content.decode()

    def test_set_limits(self, staff: Any, key: LicenseKey) -> None:
        agree(staff("support"), verb("set_limits"), key.pk, limit_activations="5", limit_usage="")

        stored = LicenseKey.objects.get()
        assert (stored.limit_activations, stored.limit_usage) == (5, None)
        assert stored.own_terms == ["limit_activations", "limit_usage"]
        happened("license_key.updated", WHO)

    def test_say_that_nothing_would_change(self, staff: Any, key: LicenseKey) -> None:
        same = {"limit_activations": "3", "limit_usage": "10"}

        shown = act(staff("support"), verb("set_limits"), key.pk, **same).content.decode()

        assert "It is so already." in shown

    def test_release_a_device(self, staff: Any, key: LicenseKey) -> None:
        activation = key.activations.get()

        act(staff("support"), verb("release"), key.pk, activation=str(activation.pk))

        activation.refresh_from_db()
        assert activation.deleted_at is not None
        happened("license_key.deactivated", WHO)

    def test_show_another_plan_if_it_changed_meanwhile(self, staff: Any, key: LicenseKey) -> None:
        client = staff("support")
        LicenseKey.objects.update(limit_usage=20)
        stale = {"limit_activations": "5", "limit_usage": "", "_agreed": "0" * 32}

        act(client, verb("set_limits"), key.pk, **stale)

        assert not Event.objects.filter(type="license_key.updated").exists()


class TestBars:
    def test_fill_the_frame_and_hide_nothing(self) -> None:
        day = date(2026, 6, 1)
        chart = bars([(day, 0), (day + timedelta(1), 1), (day + timedelta(2), 1000)])

        assert [bar.height for bar in chart.bars] == [0, 2, HEIGHT]
        assert (chart.most, chart.total) == (1000, 1001)


def test_keys_are_on_the_pages_of_their_buyer_and_benefit(staff: Any, key: LicenseKey) -> None:
    address = reverse("admin:customers_customer_change", args=[key.customer_id])

    shown = staff("viewer").get(address).content.decode()

    assert key.display_key in shown
    assert key.key not in shown
