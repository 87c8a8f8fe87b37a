"""The customers' own pages: who gets in, what they see, what their buttons do."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from apps.customers.links import email_change_url, portal_url
from apps.customers.models import Customer, CustomerSession, EmailChange, SignInCode
from apps.events.models import Event
from apps.notifications.models import Mail
from apps.orders.models import Order
from apps.organizations.models import Organization
from tests.journeys.portals import member_token
from tests.support.drafts import make_buyer
from tests.support.merchants import make_customer_token, make_organization
from tests.support.stock import Stock, make_stock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def wide_limits(settings: LazySettings) -> None:
    settings.API_RATE_MAILED = 1_000_000


@pytest.fixture
def stock() -> Stock:
    return make_stock(make_organization())


@pytest.fixture
def browser(stock: Stock) -> Client:
    """Signed in as the customer."""
    return signed_in(stock.organization, make_customer_token(stock.customer))


def signed_in(organization: Organization, token: str) -> Client:
    browser = Client()
    answer = browser.get(portal_url(organization, token))
    assert answer.status_code == 302 and "token" not in answer["Location"]
    return browser


def at(stock: Stock, name: str, *args: Any) -> str:
    return reverse(f"portal:{name}", args=[stock.organization.slug, *args])


def text(answer: Any) -> str:
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


class TestSigningIn:
    def code_for(self, stock: Stock, email: str) -> tuple[Client, str]:
        browser = Client()
        answer = browser.post(at(stock, "sign_in"), {"email": email})
        assert answer.status_code == 302 and answer["Location"] == at(stock, "code")
        mail = Mail.objects.filter(kind="customer_sign_in").last()
        found = re.search(r"\n([A-Z2-9]{6})\n", mail.text) if mail else None
        return browser, found.group(1) if found else ""

    def test_by_a_code_that_is_good_once(self, stock: Stock) -> None:
        browser, code = self.code_for(stock, str(stock.customer.email).upper())
        assert not stock.customer.is_email_verified

        assert browser.post(at(stock, "code"), {"code": "WRONG1"}).status_code == 422
        answer = browser.post(at(stock, "code"), {"code": f" {code.lower()} "})

        assert answer.status_code == 302 and answer["Location"] == at(stock, "home")
        cookie = browser.cookies["customer_session"]
        assert cookie["httponly"] and cookie["samesite"] == "Lax"
        assert cookie["path"] == at(stock, "home")
        assert stock.product.name in text(browser.get(at(stock, "home")))
        stock.customer.refresh_from_db()
        assert stock.customer.is_email_verified
        assert not SignInCode.objects.exists()

    def test_says_the_same_to_strangers(self, stock: Stock) -> None:
        browser, code = self.code_for(stock, "stranger@example.com")

        assert code == "" and not Mail.objects.filter(kind="customer_sign_in").exists()
        assert "stranger@example.com" in text(browser.get(at(stock, "code")))
        assert browser.post(at(stock, "code"), {"code": "ABCDEF"}).status_code == 422

    def test_not_after_five_wrong_codes(self, stock: Stock) -> None:
        browser, code = self.code_for(stock, str(stock.customer.email))
        for _ in range(SignInCode.MAX_TRIES):
            browser.post(at(stock, "code"), {"code": "WRONG1"})

        assert browser.post(at(stock, "code"), {"code": code}).status_code == 422
        assert not CustomerSession.objects.exists()

    def test_not_when_it_is_too_old_nor_elsewhere(self, stock: Stock) -> None:
        browser, code = self.code_for(stock, str(stock.customer.email))
        other = make_organization("Other")
        elsewhere = Client()
        elsewhere.cookies = browser.cookies
        path = reverse("portal:code", args=[other.slug])
        assert elsewhere.post(path, {"code": code}).status_code in (302, 422)
        SignInCode.objects.update(expires_at=datetime.now(UTC) - timedelta(seconds=1))

        assert browser.post(at(stock, "code"), {"code": code}).status_code == 422
        assert not CustomerSession.objects.exists()

    def test_asks_whoever_acts_for_several(self, stock: Stock) -> None:
        team = make_buyer(stock.organization)
        Customer.objects.filter(pk=team.pk).update(type="team", name="Team Ltd")
        team.members.update(email=stock.customer.email)
        browser, code = self.code_for(stock, str(stock.customer.email))

        page = text(browser.post(at(stock, "code"), {"code": code}))
        assert "Which account?" in page
        member = team.members.get()
        browser.post(at(stock, "code"), {"code": code, "member": str(member.pk)})

        assert CustomerSession.objects.get().member_id == member.pk

    def test_and_out(self, browser: Client, stock: Stock) -> None:
        token = browser.cookies["customer_session"].value
        assert browser.post(at(stock, "sign_out"))["Location"] == at(stock, "sign_in")
        assert Event.objects.get(type="customer_session.ended").actor == "customer"

        browser.cookies["customer_session"] = token
        assert browser.get(at(stock, "home"))["Location"] == at(stock, "sign_in")

    def test_is_needed_for_every_page(self, stock: Stock) -> None:
        for name in ("home", "orders", "cards", "access"):
            assert Client().get(at(stock, name))["Location"] == at(stock, "sign_in")
        assert "E-mail" in text(Client().get(at(stock, "sign_in")))
        assert Client().get("/portal/nobody-here").status_code == 404

    def test_only_at_the_merchant_of_the_session(self, browser: Client, stock: Stock) -> None:
        other = make_organization("Other")
        elsewhere = Client()
        elsewhere.cookies["customer_session"] = browser.cookies["customer_session"].value
        home = reverse("portal:home", args=[other.slug])

        assert elsewhere.get(home)["Location"] == reverse("portal:sign_in", args=[other.slug])

    def test_is_counted(self, stock: Stock, settings: LazySettings) -> None:
        settings.API_RATE_MAILED = 1
        browser = Client(REMOTE_ADDR=f"192.0.2.{stock.customer.pk.int % 250}")
        email = {"email": str(stock.customer.email)}
        assert browser.post(at(stock, "sign_in"), email).status_code == 302
        assert browser.post(at(stock, "sign_in"), email).status_code == 429


class TestPages:
    def test_show_what_was_bought(self, browser: Client, stock: Stock) -> None:
        page = text(browser.get(at(stock, "home")))
        assert "$10.00" in page and "ending in 4242" in page
        assert stock.subscription.product.name in page

        assert stock.product.name in text(browser.get(at(stock, "orders")))
        assert "Make the invoice" in text(browser.get(at(stock, "order", stock.order.pk)))
        row = text(browser.get(at(stock, "subscription", stock.subscription.pk)))
        assert "every month" in row and "Cancel the subscription" in row
        access = text(browser.get(at(stock, "access")))
        assert stock.license_key.key in access and "manual.pdf" in access

    def test_of_others_are_not_there(self, browser: Client, stock: Stock) -> None:
        other = make_stock(stock.organization)
        for path in (
            at(stock, "order", other.order.pk),
            at(stock, "invoice", other.order.pk),
            at(stock, "receipt", other.order.pk),
            at(stock, "subscription", other.subscription.pk),
        ):
            assert browser.get(path).status_code == 404
        assert browser.post(at(stock, "card", other.method.pk), {"do": "remove"}).status_code == 404
        assert browser.post(at(stock, "pay", other.order.pk)).status_code == 404
        other.method.refresh_from_db()
        assert other.method.deleted_at is None

    def test_show_a_plain_member_what_they_were_given_only(self, stock: Stock) -> None:
        browser = signed_in(stock.organization, member_token(stock.customer))
        page = text(browser.get(at(stock, "home")))

        assert "$10.00" not in page and "4242" not in page
        assert "Keys and downloads" in text(browser.get(at(stock, "access")))
        for path in (
            at(stock, "orders"),
            at(stock, "cards"),
            at(stock, "order", stock.order.pk),
            at(stock, "subscription", stock.subscription.pk),
        ):
            assert browser.get(path).status_code == 404

    def test_ask_for_the_forgery_token(self, stock: Stock) -> None:
        browser = Client(enforce_csrf_checks=True)
        browser.get(portal_url(stock.organization, make_customer_token(stock.customer)))
        path = at(stock, "subscription", stock.subscription.pk)

        assert browser.post(path, {"do": "cancel"}).status_code == 403
        stock.subscription.refresh_from_db()
        assert not stock.subscription.cancel_at_period_end


class TestButtons:
    def test_cancel_and_keep(self, browser: Client, stock: Stock) -> None:
        path = at(stock, "subscription", stock.subscription.pk)
        wanted = {"do": "cancel", "reason": "unused", "comment": "Never opened it"}
        assert browser.post(path, wanted).status_code == 302
        stock.subscription.refresh_from_db()
        assert stock.subscription.cancel_at_period_end
        assert stock.subscription.cancellation_reason == "unused"
        assert browser.post(path, wanted).status_code == 403

        # Nothing to pay with has been chosen yet.
        assert browser.post(path, {"do": "keep"}).status_code == 409
        browser.post(at(stock, "card", stock.method.pk), {"do": "default"})
        assert browser.post(path, {"do": "keep"}).status_code == 302
        stock.subscription.refresh_from_db()
        assert not stock.subscription.cancel_at_period_end

    def test_pause_where_the_merchant_lets_them(self, browser: Client, stock: Stock) -> None:
        path = at(stock, "subscription", stock.subscription.pk)
        assert "Pause when" not in text(browser.get(path))
        assert browser.post(path, {"do": "pause"}).status_code == 403
        Organization.objects.filter(pk=stock.organization.pk).update(
            customer_portal_settings={"subscription": {"pause": True}}
        )
        assert "Pause when" in text(browser.get(path))
        assert browser.post(path, {"do": "pause"}).status_code == 302
        stock.subscription.refresh_from_db()
        assert stock.subscription.pause_at_period_end

    def test_make_an_invoice_once(self, browser: Client, stock: Stock) -> None:
        path = at(stock, "order", stock.order.pk)
        assert browser.post(path, {"billing_name": "Ada Ltd"}).status_code == 422
        form = {"billing_name": "Ada Ltd", "country": "FR", "city": "Lyon"}
        assert browser.post(path, form).status_code == 302

        answer = browser.get(at(stock, "invoice", stock.order.pk))
        page = text(Client().get(answer["Location"]))
        assert "Ada Ltd" in page and "Lyon" in page
        assert browser.post(path, {**form, "billing_name": "Somebody"}).status_code == 422
        assert Order.objects.get(pk=stock.order.pk).billing_name == "Ada Ltd"

    def test_take_a_card_away(self, browser: Client, stock: Stock) -> None:
        path = at(stock, "card", stock.method.pk)
        browser.post(path, {"do": "default"})
        assert browser.post(path, {"do": "remove"}).status_code == 400
        browser.post(at(stock, "subscription", stock.subscription.pk), {"do": "cancel"})

        assert browser.post(path, {"do": "remove"}).status_code == 302
        assert "No card is saved" in text(browser.get(at(stock, "cards")))


class TestNewAddress:
    def test_is_confirmed_by_a_button(self, stock: Stock) -> None:
        denied = signed_in(stock.organization, make_customer_token(stock.customer))
        assert "Another e-mail address" not in text(denied.get(at(stock, "home")))
        answer = denied.post(at(stock, "address"), {"email": "new@example.com"})
        assert answer.status_code == 403
        Organization.objects.filter(pk=stock.organization.pk).update(
            customer_portal_settings={"customer": {"allow_email_change": True}}
        )
        owner = signed_in(stock.organization, make_customer_token(stock.customer))
        assert "Another e-mail address" in text(owner.get(at(stock, "home")))
        assert owner.post(at(stock, "address"), {"email": "nonsense"}).status_code == 422
        assert "new@example.com" in text(
            owner.post(at(stock, "address"), {"email": "new@example.com"})
        )
        mail = Mail.objects.get(kind="customer_email_change")
        found = re.search(r"token=(\w+)", mail.text)
        assert found is not None
        url = email_change_url(stock.organization, found.group(1))
        assert url in mail.text
        browser = Client()

        assert "new@example.com" in text(browser.get(url))
        assert EmailChange.objects.exists()
        answer = browser.post(at(stock, "email"), {"token": found.group(1)})

        assert answer["Location"] == at(stock, "home")
        assert "new@example.com" in text(browser.get(at(stock, "home")))
        stock.customer.refresh_from_db()
        assert stock.customer.email == "new@example.com"
        assert browser.get(url).status_code == 410
