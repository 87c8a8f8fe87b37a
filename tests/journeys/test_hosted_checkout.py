"""Buyers on the hosted page, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, FrameLocator, Page, Route, expect

from apps.catalog.models import Price
from apps.checkouts.models import Checkout
from apps.orders.models import Order
from tests.support.browser import opened_page
from tests.support.stripesim import stripesim
from tests.support.tills import Till, till

__all__ = ["stripesim", "till"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FIXED = {"amount_type": "fixed", "price_amount": 4900, "price_currency": "usd"}
CUSTOM = {
    "amount_type": "custom",
    "minimum_amount": 500,
    "preset_amount": 1500,
    "price_currency": "usd",
}
NOTHING = {"minimum_amount": 0, "preset_amount": 0}
FREE = {"amount_type": "free", "price_currency": "usd"}


@pytest.fixture(autouse=True)
def stripe_js(till: Till, settings: Any) -> None:
    """The page loads the card form from the sandbox of this session."""
    settings.STRIPE_JS_URL = f"{till.sim.url}/v3/"
    settings.STRIPE_PUBLISHABLE_KEY = till.sim.publishable_key


@pytest.fixture(autouse=True)
def _content_policy(page: Page) -> Iterator[None]:
    """Nothing on the page goes against what it says that it loads."""
    refused: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text or "Permissions policy" in message.text:
            refused.append(message.text)

    page.on("console", note)
    yield
    assert refused == []


def open_checkout(till: Till, page: Page, price: dict[str, Any], **fields: Any) -> Checkout:
    """A new checkout of a new product, opened by its buyer."""
    with till.merchant.http() as client:
        made = client.post("/v1/products/", json={"name": "Icon set", "prices": [price]})
        body = {"products": [made.json()["id"]], **fields}
        checkout = client.post("/v1/checkouts/", json=body).json()
    page.goto(checkout["url"])
    return Checkout.objects.get(pk=checkout["id"])


def card_form(page: Page) -> FrameLocator:
    """The payment element, ready and grown to its final height."""
    frame = page.frame_locator("#payment-element iframe")
    frame.get_by_label("Card number").wait_for()
    expect(page.locator("#payment-element iframe")).not_to_have_css("height", "250px")
    return frame


def enter_card(page: Page, number: str) -> None:
    form = card_form(page)
    form.get_by_label("Card number").fill(number)
    form.get_by_label("Expiration date").fill("12 / 34")
    form.get_by_label("Security code").fill("123")


def introduce(page: Page) -> None:
    """Say who buys, and wait until the tax is known."""
    page.get_by_label("E-mail").fill("ada@example.com")
    page.get_by_label("Name").fill("Ada Lovelace")
    page.get_by_label("Country").select_option("DE")
    expect(page.locator("#summary dt:has-text('Tax') + dd")).to_have_text("$0.00")


def pay(page: Page) -> None:
    page.get_by_role("button", name="Pay").click()


def order_of(checkout: Checkout) -> Order | None:
    return Order.objects.filter(checkout_id=checkout.pk).first()


class TestPaying:
    def test_a_card_buys_the_product(self, till: Till, page: Page) -> None:
        checkout = open_checkout(till, page, FIXED)
        enter_card(page, "4242424242424242")
        introduce(page)

        pay(page)
        page.wait_for_url("**/confirmation")
        till.settle_until(lambda: order_of(checkout) is not None)

        expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
        order = order_of(checkout)
        assert order is not None
        assert order.status == "paid"
        expect(page.locator("#state")).to_contain_text(order.invoice_number or "?")
        assert len(till.charges(checkout.pk)) == 1

    def test_the_buyer_is_sent_on_to_the_merchant(self, till: Till, page: Page) -> None:
        target = f"{till.url}/healthz?checkout={{CHECKOUT_ID}}"
        checkout = open_checkout(till, page, FREE, success_url=target)
        page.get_by_label("E-mail").fill("ada@example.com")

        page.get_by_role("button", name="Complete order").click()
        page.wait_for_url("**/confirmation")
        settle_free(checkout)

        page.wait_for_url(f"**/healthz?checkout={checkout.pk}")

    def test_a_declined_card_is_told_beside_the_card_and_can_be_changed(
        self, till: Till, page: Page
    ) -> None:
        checkout = open_checkout(till, page, FIXED)
        enter_card(page, "4000000000000002")
        introduce(page)
        pay(page)
        error = page.locator('[data-error-for="payment"]')
        expect(error).to_contain_text("declined")
        checkout.refresh_from_db()
        assert checkout.status == "open"
        assert order_of(checkout) is None

        # Who they are can be changed too.
        page.get_by_label("E-mail").fill("ada.lovelace@example.com")
        enter_card(page, "4242424242424242")
        pay(page)
        page.wait_for_url("**/confirmation")
        till.settle_until(lambda: order_of(checkout) is not None)

        assert len(till.charges(checkout.pk)) == 1
        order = order_of(checkout)
        assert order is not None
        assert order.customer.email == "ada.lovelace@example.com"

    def test_three_d_secure_passed_buys(self, till: Till, page: Page) -> None:
        checkout = open_checkout(till, page, FIXED)
        enter_card(page, "4000000000003220")
        introduce(page)
        pay(page)

        challenge(page).get_by_role("button", name="Complete").click()
        page.wait_for_url("**/confirmation")
        till.settle_until(lambda: order_of(checkout) is not None)

        expect(page.get_by_role("heading", name="Thank you")).to_be_visible()

    def test_three_d_secure_failed_leaves_the_checkout_open(self, till: Till, page: Page) -> None:
        checkout = open_checkout(till, page, FIXED)
        enter_card(page, "4000000000003220")
        introduce(page)
        pay(page)

        challenge(page).get_by_role("button", name="Fail").click()
        page.wait_for_url("**/confirmation")
        till.settle_until(lambda: Checkout.objects.get(pk=checkout.pk).status == "open")

        expect(page.get_by_role("heading", name="did not go through")).to_be_visible()
        page.get_by_role("link", name="Try again").click()
        expect(page.get_by_role("button", name="Pay")).to_be_visible()
        assert order_of(checkout) is None
        assert till.charges(checkout.pk) == []

    def test_the_price_is_the_buyers_choice(self, till: Till, page: Page) -> None:
        checkout = open_checkout(till, page, CUSTOM)
        amount = page.get_by_label("Choose your price")
        amount.fill("3.00")
        amount.blur()
        expect(page.locator('[data-error-for="amount"]')).not_to_be_empty()

        amount.fill("27.50")
        amount.blur()
        expect(page.get_by_test_id("price")).to_have_text("$27.50")
        expect(page.get_by_role("button", name="Pay $27.50")).to_be_visible()
        enter_card(page, "4242424242424242")
        introduce(page)
        pay(page)
        page.wait_for_url("**/confirmation")
        till.settle_until(lambda: order_of(checkout) is not None)

        (charge,) = till.charges(checkout.pk)
        assert charge.amount == 2750


class TestThePage:
    def test_tells_what_is_missing_beside_each_field(self, till: Till, page: Page) -> None:
        open_checkout(till, page, FIXED)
        pay(page)
        expect(page.locator('[data-error-for="payment"]')).not_to_be_empty()

        enter_card(page, "4242424242424242")
        pay(page)
        for name in ("email", "name", "country"):
            expect(page.locator(f'[data-error-for="{name}"]')).to_have_text("This is needed.")
        expect(page.get_by_label("E-mail")).to_be_focused()

    def test_asks_americans_for_the_whole_address(self, till: Till, page: Page) -> None:
        open_checkout(till, page, FIXED)
        page.get_by_label("Country").select_option("US")

        expect(page.get_by_label("State or province")).to_be_visible()
        expect(page.get_by_label("Postal code")).to_be_visible()

    def test_pays_by_keyboard_alone(self, till: Till, page: Page) -> None:
        checkout = open_checkout(till, page, FIXED)
        card_form(page)
        page.get_by_label("E-mail").focus()
        keys = page.keyboard
        for text in ("ada@example.com", "Ada", "4242424242424242", "1234", "123"):
            keys.type(text)
            keys.press("Tab")
        keys.type("France")
        keys.press("Tab")
        expect(page.get_by_role("button", name="Pay")).to_be_focused()
        keys.press("Enter")

        page.wait_for_url("**/confirmation")
        till.settle_until(lambda: order_of(checkout) is not None)

    def test_an_expired_checkout_says_so(self, till: Till, page: Page) -> None:
        checkout = open_checkout(till, page, FIXED)
        Checkout.objects.filter(pk=checkout.pk).update(expires_at=checkout.created_at)

        answer = page.reload()

        assert answer is not None
        assert answer.status == 410
        expect(page.get_by_role("heading", name="expired")).to_be_visible()

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_has_no_serious_accessibility_finding(
        self, till: Till, browser: Browser, scheme: Any
    ) -> None:
        tall = {"width": 1280, "height": 1100}
        with opened_page(browser, color_scheme=scheme, viewport=tall) as page:
            open_checkout(till, page, CUSTOM)
            card_form(page)
            pay(page)
            expect(page.locator('[data-error-for="payment"]')).not_to_be_empty()

            found = Axe().run(page).response["violations"]

        assert [rule["id"] for rule in found if rule["impact"] in ("serious", "critical")] == []

    def test_fits_a_phone(self, till: Till, browser: Browser) -> None:
        with opened_page(browser, viewport={"width": 360, "height": 740}) as page:
            open_checkout(till, page, FIXED)
            card_form(page)

            width = page.evaluate("document.documentElement.scrollWidth")

        assert width == 360


class TestBesideARecalculation:
    """The answer to a change of the buyer's is still on its way."""

    def test_paying_waits_for_it(self, till: Till, page: Page) -> None:
        checkout = open_checkout(till, page, FIXED)
        enter_card(page, "4242424242424242")
        page.get_by_label("E-mail").fill("ada@example.com")
        page.get_by_label("Name").fill("Ada Lovelace")
        gate = Gate(page)
        page.get_by_label("Country").select_option("DE")
        pay(page)
        expect(page.get_by_role("button", name="Processing")).to_be_focused()
        page.wait_for_timeout(300)
        assert [route.request.url for route in gate.held] == [page.url]

        gate.open()

        page.wait_for_url("**/confirmation")
        till.settle_until(lambda: order_of(checkout) is not None)

    def test_a_choice_goes_on_under_the_hands_of_the_buyer(self, till: Till, page: Page) -> None:
        open_checkout(till, page, FIXED)
        country = page.get_by_label("Country")
        country.select_option("US")
        postal_code = page.get_by_label("Postal code")
        postal_code.fill("10")
        gate = Gate(page)
        country.select_option("CA")
        country.select_option("US")
        postal_code.focus()
        page.keyboard.press("End")
        page.keyboard.type("001")
        gate.open()

        expect(page.locator("#state option[value=US-NY]")).to_have_count(1)
        expect(page.locator("form.htmx-request")).to_have_count(0)
        expect(postal_code).to_be_focused()
        expect(postal_code).to_have_value("10001")
        expect(country).to_have_value("US")

    def test_nobody_pays_a_total_they_have_not_seen(self, till: Till, page: Page) -> None:
        checkout = open_checkout(till, page, FIXED)
        enter_card(page, "4242424242424242")
        introduce(page)
        price = dearer(checkout)
        Checkout.objects.filter(pk=checkout.pk).update(price=price, price_ids=[str(price.pk)])
        gate = Gate(page)
        page.get_by_label("Country").select_option("FR")
        pay(page)
        gate.open()

        expect(page.locator("#problem")).to_have_text("The total has changed. Pay $59.00?")
        expect(page.get_by_role("button", name="Pay $59.00")).to_be_enabled()
        checkout.refresh_from_db()
        assert checkout.status == "open"

    def test_an_amount_that_cannot_be_is_not_paid(self, till: Till, page: Page) -> None:
        checkout = open_checkout(till, page, CUSTOM)
        enter_card(page, "4242424242424242")
        introduce(page)
        page.get_by_label("Choose your price").fill("3.00")
        page.keyboard.press("Enter")

        expect(page.locator('[data-error-for="amount"]')).not_to_be_empty()
        expect(page.get_by_role("button", name="Pay $15.00")).to_be_enabled()
        assert till.charges(checkout.pk) == []

    def test_a_price_from_nothing_to_something_asks_for_the_address(
        self, till: Till, page: Page
    ) -> None:
        open_checkout(till, page, {"amount_type": "custom", "price_currency": "usd"} | NOTHING)
        expect(page.get_by_label("Country")).to_be_hidden()
        page.get_by_label("Choose your price").fill("5.00")
        page.get_by_label("Choose your price").blur()

        expect(page.get_by_label("Country")).to_be_visible()


class Gate:
    """Holds back what the page asks of the server, until it is opened."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.held: list[Route] = []
        self.is_open = False
        page.route("**/checkout/**", lambda route: self._meet(route))

    def open(self) -> None:
        """Wait until something is held; let it go on, and what follows pass."""
        while not self.held:
            self.page.wait_for_timeout(20)
        self.is_open = True
        for route in self.held:
            route.continue_()

    def _meet(self, route: Route) -> None:
        if self.is_open:
            route.continue_()
        else:
            self.held.append(route)


def dearer(checkout: Checkout) -> Price:
    """Another price, ten dollars more."""
    price = Price.objects.get(pk=checkout.price_id)
    price.pk, price._state.adding = None, True
    price.fixed_amount = (price.fixed_amount or 0) + 1000
    price.archived_at = price.created_at
    price.save()
    return price


def challenge(page: Page) -> FrameLocator:
    """The bank's page, in the dialog that the payment form opens."""
    return page.frame_locator('iframe[src*="/3ds/"]')


def settle_free(checkout: Checkout) -> None:
    """What the worker does for a checkout with nothing to pay."""
    from apps.checkouts.operations import resume_checkout
    from apps.core.origin import Door, system_origin

    resume_checkout(checkout_id=checkout.pk, origin=system_origin(Door.TASK))
