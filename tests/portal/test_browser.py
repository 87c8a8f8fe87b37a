"""Customers on their own pages, in a real browser, on a phone and in both themes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from apps.customers.links import portal_page, portal_url
from apps.notifications.models import Mail
from apps.payments.models import PaymentMethod
from tests.support.browser import opened_page
from tests.support.changes import subscriber_with
from tests.support.merchants import make_customer_token
from tests.support.renewals import Renewal
from tests.support.stock import Stock, make_stock
from tests.support.stripesim import stripesim
from tests.support.tills import Till, till

__all__ = ["stripesim", "till"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = {"viewport": {"width": 390, "height": 844}}


@pytest.fixture(autouse=True)
def stripe_js(till: Till, settings: Any) -> None:
    """The page loads the card form from the sandbox of this session."""
    settings.STRIPE_JS_URL = f"{till.sim.url}/v3/"
    settings.STRIPE_PUBLISHABLE_KEY = till.sim.publishable_key
    settings.API_RATE_MAILED = 1_000_000


@pytest.fixture(params=["light", "dark"])
def phone(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A phone in each theme; nothing goes against what the pages say that they load."""
    refused: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text or "Permissions policy" in message.text:
            refused.append(message.text)

    with opened_page(browser, color_scheme=request.param, **PHONE) as page:
        page.on("console", note)
        yield page
    assert refused == []


def enter(page: Page, stock: Stock) -> None:
    page.goto(portal_url(stock.organization, make_customer_token(stock.customer)))


def look(page: Page, name: str) -> None:
    """Whoever uses a phone, the keyboard or a reader of pages gets along."""
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= page.viewport_size["width"], name  # type: ignore[index]
    found = Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == [], name


class TestPhone:
    def test_shows_every_page(self, till: Till, phone: Page) -> None:
        stock = make_stock(till.merchant.organization)
        phone.goto(portal_page(stock.organization))
        look(phone, "sign_in")
        phone.get_by_label("E-mail").fill(str(stock.customer.email))
        phone.get_by_role("button", name="Send the code").click()
        look(phone, "code")
        found = re.search(r"\n([A-Z2-9]{6})\n", Mail.objects.get(kind="customer_sign_in").text)
        assert found is not None
        phone.get_by_label("Code").fill(found.group(1))
        phone.get_by_role("button", name="Sign in").click()
        expect(phone.get_by_role("heading", name="Subscriptions")).to_be_visible()
        look(phone, "home")

        phone.get_by_role("link", name="Orders", exact=True).click()
        look(phone, "orders")
        phone.get_by_role("link", name=stock.product.name).click()
        phone.get_by_label("Name or company").fill("Ada Ltd")
        phone.get_by_label("Country").select_option("FR")
        look(phone, "order")
        phone.get_by_role("button", name="Make the invoice").click()
        expect(phone.get_by_role("link", name="Invoice", exact=True)).to_be_visible()

        phone.get_by_role("link", name="Keys, files").click()
        expect(phone.get_by_text(stock.license_key.key)).to_be_visible()
        look(phone, "access")
        phone.get_by_role("link", name="Cards").click()
        phone.frame_locator("#payment-element iframe").get_by_label("Card number").wait_for()
        look(phone, "cards")
        phone.get_by_role("button", name="Sign out").click()
        expect(phone.get_by_role("button", name="Send the code")).to_be_visible()


class TestSubscription:
    def test_ends_and_goes_on(self, till: Till, phone: Page) -> None:
        subscription = subscriber_with(till)
        token = make_customer_token(subscription.customer)
        phone.goto(portal_url(till.merchant.organization, token))
        phone.get_by_role("link", name=subscription.product.name).click()
        phone.get_by_text("Cancel the subscription").click()
        phone.get_by_label("Why, if you like to say").select_option("unused")
        look(phone, "subscription")

        phone.get_by_role("button", name="Cancel on").click()
        expect(phone.get_by_text("Ends soon")).to_be_visible()
        look(phone, "ending")
        phone.get_by_role("button", name="Keep the subscription").click()
        expect(phone.get_by_text("Active")).to_be_visible()
        subscription.refresh_from_db()
        assert not subscription.cancel_at_period_end


class TestCards:
    def card(self, page: Page, number: str) -> None:
        frame = page.frame_locator("#payment-element iframe")
        frame.get_by_label("Card number").fill(number)
        frame.get_by_label("Expiration date").fill("12 / 34")
        frame.get_by_label("Security code").fill("123")
        page.get_by_role("button", name="Save the card").click()

    def test_are_added_with_and_without_the_bank(self, till: Till, phone: Page) -> None:
        subscription = subscriber_with(till, None)
        customer = subscription.customer
        phone.goto(portal_url(till.merchant.organization, make_customer_token(customer)))
        phone.get_by_role("link", name="Cards").click()

        self.card(phone, "4000000000000002")
        expect(phone.locator("#problem")).to_contain_text("declined")
        self.card(phone, "4242424242424242")
        expect(phone.get_by_text("ending in 4242")).to_be_visible()
        self.card(phone, "4000002760003184")
        phone.frame_locator('iframe[src*="/3ds/"]').get_by_role("button", name="Complete").click()
        expect(phone.get_by_text("ending in 3184")).to_be_visible()

        customer.refresh_from_db()
        default = PaymentMethod.objects.get(pk=customer.default_payment_method_id)
        assert default.method_metadata["last4"] == "3184"

    def test_pay_what_is_owed(self, till: Till, phone: Page) -> None:
        renewal = Renewal.due(till, "pm_card_chargeCustomerFail")
        renewal.renew()
        token = make_customer_token(renewal.customer)
        phone.goto(portal_url(till.merchant.organization, token))
        phone.get_by_role("link", name="To be paid").click()
        look(phone, "owed")
        phone.get_by_role("button", name="Pay").click()
        expect(phone.get_by_role("alert")).to_contain_text("declined")

        assert renewal.order.status == "pending"
