"""The browser side: the payment element, confirmation tokens and the 3-D Secure challenge."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import stripe
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import FrameLocator, Page, expect

from tests.support.stripesim import StripeSim

pytestmark = pytest.mark.browser

PAGE = """<!doctype html><html lang="en"><title>Shop</title><main><h1>Pay</h1>
<div id="element"></div><pre id="result"></pre></main>
<script src="%s/v3/"></script>"""


class Shop(BaseHTTPRequestHandler):
    """A merchant's page on another origin than the sandbox."""

    sim = ""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write((PAGE % self.sim).encode())

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def shop(stripesim: StripeSim) -> Iterator[str]:
    server = ThreadingHTTPServer(
        ("127.0.0.1", 0), type("ShopOfSim", (Shop,), {"sim": stripesim.url})
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture
def page(page: Page, shop: str) -> Page:
    """The browser at the shop."""
    page.goto(shop)
    return page


def mount(page: Page, sim: StripeSim, options: dict[str, object] | None = None) -> FrameLocator:
    """Put the payment element on the page; its inside."""
    setup = {"mode": "payment", "amount": 2000, "currency": "usd", **(options or {})}
    page.evaluate(
        """([key, options]) => {
            window.stripe = Stripe(key);
            window.elements = stripe.elements(options);
            const element = elements.create('payment');
            window.changes = [];
            element.on('change', (event) => changes.push(event));
            const ready = new Promise((resolve) => element.on('ready', resolve));
            element.mount('#element');
            return ready;
        }""",
        [sim.publishable_key, setup],
    )
    return page.frame_locator("iframe[name^=__privateStripeFrame]")


def fill(card: FrameLocator, number: str) -> None:
    card.get_by_label("Card number").fill(number)
    card.get_by_label("Expiration date").fill("1239")
    card.get_by_label("Security code").fill("123")


def token(page: Page) -> str:
    made = page.evaluate(
        """async () => {
            const { error } = await elements.submit();
            if (error) return { error };
            const billing_details = { name: 'Ada', email: 'a@example.com' };
            return stripe.createConfirmationToken({ elements, params: {
                return_url: location.href, payment_method_data: { billing_details } } });
        }"""
    )
    assert "error" not in made, made
    return str(made["confirmationToken"]["id"])


def test_card_becomes_a_token_and_pays(
    page: Page, stripesim: StripeSim, client: stripe.StripeClient
) -> None:
    fill(mount(page, stripesim), "4242424242424242")
    made = client.v1.confirmation_tokens.retrieve(token(page))
    assert made.payment_method_preview.billing_details.name == "Ada"
    assert made.payment_method_preview.billing_details.address.country == "US"
    assert page.evaluate("changes.at(-1).complete")
    intent = client.v1.payment_intents.create(
        {"amount": 2000, "currency": "usd", "confirm": True, "confirmation_token": made.id}
    )
    assert intent.status == "succeeded"


def test_errors_stand_beside_their_fields(page: Page, stripesim: StripeSim) -> None:
    card = mount(page, stripesim)
    assert page.evaluate("elements.submit()")["error"]["code"] == "incomplete_number"
    fill(card, "4242424242424241")
    card.get_by_label("Security code").blur()
    expect(card.get_by_text("Your card number is invalid.")).to_be_visible()
    expect(card.get_by_label("Card number")).to_have_attribute("aria-invalid", "true")
    card.get_by_label("Card number").fill("4242424242424242")
    expect(card.get_by_text("Your card number is invalid.")).to_be_hidden()
    card.get_by_label("Expiration date").fill("0120")
    card.get_by_label("Expiration date").blur()
    expect(card.get_by_text("expiration date is in the past")).to_be_visible()


@pytest.mark.parametrize(("button", "status"), [("Complete", "succeeded"), ("Fail", "failed")])
def test_challenge(
    page: Page, stripesim: StripeSim, client: stripe.StripeClient, button: str, status: str
) -> None:
    fill(mount(page, stripesim), "4000000000003220")
    intent = client.v1.payment_intents.create(
        {
            "amount": 2000,
            "currency": "usd",
            "confirm": True,
            "confirmation_token": token(page),
        }
    )
    assert intent.status == "requires_action"
    page.evaluate(
        """(clientSecret) => { stripe.handleNextAction({ clientSecret }).then((result) => {
            document.getElementById('result').textContent = JSON.stringify(result); }); }""",
        intent.client_secret,
    )
    challenge = page.frame_locator("iframe[name^=__stripeJSChallengeFrame]")
    challenge.get_by_role("button", name=button).click()
    page.wait_for_function("document.getElementById('result').textContent")
    result = json.loads(page.locator("#result").inner_text())
    expect(page.get_by_role("dialog")).to_have_count(0)
    if status == "succeeded":
        assert result["paymentIntent"]["status"] == "succeeded"
        assert "metadata" not in result["paymentIntent"]
    else:
        assert result["error"]["code"] == "payment_intent_authentication_failure"
        found = client.v1.payment_intents.retrieve(intent.id)
        assert (found.status, found.latest_charge) == ("requires_payment_method", None)


def test_challenge_by_redirect_returns_to_the_shop(
    page: Page, shop: str, stripesim: StripeSim, client: stripe.StripeClient
) -> None:
    intent = client.v1.payment_intents.create(
        {
            "amount": 2000,
            "currency": "usd",
            "payment_method": "pm_card_threeDSecure2Required",
            "confirm": True,
            "return_url": f"{shop}?order=1",
        }
    )
    page.goto(intent.next_action.redirect_to_url.url)
    assert Axe().run(page).violations_count == 0
    page.get_by_role("button", name="Complete").click()
    page.wait_for_url(f"{shop}?order=1&payment_intent={intent.id}&**redirect_status=succeeded")


def test_confirm_payment_in_the_browser(
    page: Page, stripesim: StripeSim, client: stripe.StripeClient
) -> None:
    intent = client.v1.payment_intents.create({"amount": 2000, "currency": "usd"})
    fill(mount(page, stripesim, {"clientSecret": intent.client_secret}), "4242424242424242")
    result = page.evaluate(
        """() => stripe.confirmPayment({ elements, redirect: 'if_required',
            confirmParams: { return_url: location.href } })"""
    )
    assert result["paymentIntent"]["status"] == "succeeded"
    setup = client.v1.setup_intents.create({})
    result = page.evaluate(
        """(clientSecret) => stripe.confirmSetup({ elements, clientSecret,
            redirect: 'if_required', confirmParams: { return_url: location.href } })""",
        setup.client_secret,
    )
    assert result["setupIntent"]["status"] == "succeeded"


@pytest.mark.parametrize("theme", ["stripe", "night"])
def test_form_is_accessible_and_as_high_as_its_content(
    page: Page, stripesim: StripeSim, theme: str
) -> None:
    card = mount(page, stripesim, {"appearance": {"theme": theme}})
    expect(card.get_by_label("Country")).to_be_visible()
    frame = page.locator("iframe[name^=__privateStripeFrame]")
    before = frame.bounding_box()
    page.evaluate("elements.submit()")
    page.wait_for_function(
        "(height) => document.querySelector('iframe').clientHeight > height", arg=before["height"]
    )
    page.goto(page.locator("iframe").get_attribute("src"))
    page.evaluate("(theme) => dress({ theme })", theme)
    if theme == "night":
        page.add_style_tag(content="body { background: #14171c }")
    # the rules for a part of a page: it is framed, so headings and landmarks are the merchant's
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
    found = Axe().run(page, options=rules)
    assert found.violations_count == 0, found.generate_report()
