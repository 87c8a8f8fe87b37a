"""The settings of a merchant: edited by subject, every change told with before and after."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from apps.core.errors import ValidationFailed
from apps.core.origin import Actor, Door, build_origin
from apps.events.models import Event
from apps.organizations.models import Organization
from apps.organizations.operations import update_organization
from tests.backoffice.acting import act, happened
from tests.backoffice.world import make_organization

Staff = Callable[[str], Client]
NAME = "organizations_organization_edit_"
SUBJECTS = {
    "profile": "support",
    "invoices": "admin",
    "checkout": "finance",
    "subscriptions": "support",
    "emails": "support",
    "portal": "support",
    "features": "admin",
}


class Fields(HTMLParser):
    """What a browser would send for a form as it stands."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self._select = self._text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "select":
            self._select = name
        elif tag == "option" and "selected" in given:
            self.found[self._select] = given.get("value") or ""
        elif tag == "textarea":
            self._text = name
            self.found[name] = ""
        elif tag == "input" and name:
            if given.get("type") != "checkbox":
                self.found[name] = given.get("value") or ""
            elif "checked" in given:
                self.found[name] = "on"

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._text = ""

    def handle_data(self, data: str) -> None:
        if self._text:
            self.found[self._text] += data.removeprefix("\n")


@pytest.fixture
def merchant(db: None) -> Organization:
    return make_organization()


def opened(client: Client, subject: str, merchant: Organization) -> dict[str, str]:
    """The dialog's fields as filled in when it opens."""
    page = client.get(reverse(f"admin:{NAME}{subject}", args=[merchant.pk]))
    found = Fields(page.content.decode()).found
    return {name: value for name, value in found.items() if name != "csrfmiddlewaretoken"}


def save(
    client: Client, subject: str, merchant: Organization, form: dict[str, str], **changes: Any
) -> HttpResponse:
    """Submit the dialog with some fields changed; None unchecks."""
    sent = {**form, "reason": "Asked by phone", **changes}
    kept = {name: value for name, value in sent.items() if value is not None}
    return act(client, f"{NAME}{subject}", merchant.pk, **kept)


class TestEveryDialog:
    @pytest.mark.parametrize("subject", SUBJECTS)
    def test_saved_as_it_opened_changes_nothing(
        self, staff: Staff, merchant: Organization, subject: str
    ) -> None:
        client = staff("admin")
        before = Organization.objects.filter(pk=merchant.pk).values().get()
        assert "HX-Redirect" in save(client, subject, merchant, opened(client, subject, merchant))
        assert Organization.objects.filter(pk=merchant.pk).values().get() == before
        assert not Event.objects.filter(type="organization.updated").exists()

    @pytest.mark.parametrize(("subject", "role"), SUBJECTS.items())
    def test_opens_from_its_role_on(
        self, staff: Staff, merchant: Organization, subject: str, role: str
    ) -> None:
        address = reverse(f"admin:{NAME}{subject}", args=[merchant.pk])
        ranks = ("viewer", "support", "finance", "admin")
        for one in ranks:
            expected = 200 if ranks.index(one) >= ranks.index(role) else 403
            assert staff(one).get(address).status_code == expected


class TestEditing:
    @pytest.mark.parametrize(
        ("subject", "name", "value", "setting", "change"),
        [
            ("profile", "website", "https://a.example", "website", [None, "https://a.example"]),
            ("profile", "country", "se", "country", [None, "SE"]),
            ("invoices", "invoice_prefix", "ACME-2", "invoice_prefix", ["M", "ACME-2"]),
            ("checkout", "require_3ds", None, "require_3ds", [True, False]),
            (
                "checkout",
                "embed_hosts",
                "a.example\r\nb.example\r\na.example",
                "embed_hosts",
                [[], ["a.example", "b.example"]],
            ),
            (
                "subscriptions",
                "subscription_settings__proration_behavior",
                "invoice",
                "subscription_settings.proration_behavior",
                [None, "invoice"],
            ),
            (
                "subscriptions",
                "subscription_settings__dunning_intervals",
                "1, 3",
                "subscription_settings.dunning_intervals",
                [None, [1, 3]],
            ),
            (
                "emails",
                "customer_email_settings__order_confirmation",
                None,
                "customer_email_settings.order_confirmation",
                [None, False],
            ),
            (
                "features",
                "feature_settings__wallets_enabled",
                "on",
                "feature_settings.wallets_enabled",
                [None, True],
            ),
        ],
    )
    def test_is_an_event_with_before_and_after(
        self,
        staff: Staff,
        merchant: Organization,
        subject: str,
        name: str,
        value: str | None,
        setting: str,
        change: list[Any],
    ) -> None:
        client = staff("admin")
        form = opened(client, subject, merchant)
        assert "HX-Redirect" in save(client, subject, merchant, form, **{name: value})
        event = happened("organization.updated", "admin@example.com")
        assert event.changes == {setting: change}

    def test_of_the_portal_keeps_the_rest_of_its_part(
        self, staff: Staff, merchant: Organization
    ) -> None:
        client = staff("support")
        name = "customer_portal_settings__subscription__"
        save(
            client, "portal", merchant, opened(client, "portal", merchant), **{f"{name}pause": "on"}
        )
        form = opened(client, "portal", merchant)
        save(client, "portal", merchant, form, **{f"{name}update_seats": None})
        merchant.refresh_from_db()
        assert merchant.customer_portal_settings["subscription"] == {
            "update_seats": False,
            "update_plan": True,
            "update_units": True,
            "pause": True,
        }

    def test_leaves_alone_what_somebody_else_changed_meanwhile(
        self, staff: Staff, merchant: Organization
    ) -> None:
        client = staff("support")
        form = opened(client, "profile", merchant)
        Organization.objects.filter(pk=merchant.pk).update(country="SE")
        save(client, "profile", merchant, form, name="Another name")
        merchant.refresh_from_db()
        assert (merchant.name, merchant.country) == ("Another name", "SE")


class TestRefusing:
    def test_a_slug_that_is_taken_or_no_slug(self, staff: Staff, merchant: Organization) -> None:
        client, other = staff("admin"), make_organization(2)
        form = opened(client, "invoices", merchant)
        for slug, refusal in (
            (other.slug, b"An organization with this slug already exists."),
            ("No slug!", b"The slug must be 3 to 64 lowercase letters"),
        ):
            response = save(client, "invoices", merchant, form, slug=slug)
            assert refusal in response.content
        merchant.refresh_from_db()
        assert merchant.slug == form["slug"]

    def test_a_prefix_that_no_invoice_could_carry(
        self, staff: Staff, merchant: Organization
    ) -> None:
        client = staff("admin")
        form = opened(client, "invoices", merchant)
        response = save(client, "invoices", merchant, form, invoice_prefix="acme/")
        assert b"The invoice prefix must be" in response.content

    def test_disputes_without_their_feature(self, staff: Staff, merchant: Organization) -> None:
        client = staff("admin")
        form = opened(client, "features", merchant)
        amount = {"dispute_settings__auto_accept_below_amount": "500"}
        response = save(client, "features", merchant, form, **amount)
        assert b"not enabled for this organization" in response.content
        feature = {"feature_settings__dispute_auto_accept_enabled": "on"}
        save(client, "features", merchant, form, **feature)
        form = opened(client, "features", merchant)
        assert "HX-Redirect" in save(client, "features", merchant, form, **amount)

    def test_merchants_what_staff_alone_may_change(self, merchant: Organization) -> None:
        origin = build_origin(actor=Actor.MERCHANT, door=Door.API)
        key = merchant.pk
        changed = update_organization(
            organization_id=key,
            changes={"feature_settings": {"wallets_enabled": True}},
            origin=origin,
        )
        assert "wallets_enabled" not in changed.feature_settings
        with pytest.raises(TypeError, match="invoice_prefix"):
            update_organization(organization_id=key, changes={"invoice_prefix": "X"}, origin=origin)
        with pytest.raises(ValidationFailed):
            update_organization(organization_id=key, changes={"name": "x"}, origin=origin)
