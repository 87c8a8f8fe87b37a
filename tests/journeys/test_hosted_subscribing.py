"""Subscribers on the hosted page, in a real browser."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from apps.checkouts.models import Checkout
from apps.discounts.models import Discount
from apps.orders.models import Order
from apps.payments.models import PaymentMethod
from apps.subscriptions.models import Subscription
from tests.journeys.test_hosted_checkout import card_form, challenge, enter_card, introduce
from tests.support.browser import opened_page
from tests.support.stripesim import stripesim
from tests.support.tills import Till, till

__all__ = ["stripesim", "till"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MONTHLY = {"amount_type": "fixed", "price_amount": 1000, "price_currency": "usd"}
SEATS = {
    "amount_type": "seat_based",
    "price_currency": "usd",
    "seat_tiers": {
        "seat_tier_type": "volume",
        "tiers": [{"min_seats": 1, "max_seats": 20, "price_per_seat": 500}],
    },
}


@pytest.fixture(autouse=True)
def stripe_js(till: Till, settings: Any) -> None:
    """The page loads the card form from the sandbox of this session."""
    settings.STRIPE_JS_URL = f"{till.sim.url}/v3/"
    settings.STRIPE_PUBLISHABLE_KEY = till.sim.publishable_key


def open_plan(
    till: Till, page: Page, *prices: dict[str, Any], trial: int = 0, **fields: Any
) -> Checkout:
    """A checkout of a new monthly product, opened by its buyer."""
    product = {"name": "Pro plan", "recurring_interval": "month", "prices": prices or [MONTHLY]}
    if trial:
        product |= {"trial_interval": "day", "trial_interval_count": trial}
    with till.merchant.http() as client:
        made = client.post("/v1/products/", json=product)
        body = {"products": [made.json()["id"]], **fields}
        checkout = client.post("/v1/checkouts/", json=body).json()
    page.goto(checkout["url"])
    return Checkout.objects.get(pk=checkout["id"])


def make_discount(till: Till, **fields: Any) -> None:
    body = {"name": "Launch", "type": "percentage", "duration": "once", "basis_points": 2000}
    with till.merchant.http() as client:
        made = client.post("/v1/discounts/", json={**body, "code": "LAUNCH", **fields})
    assert made.status_code == 201, made.text


def due(page: Page) -> Any:
    return page.get_by_test_id("due")


def is_done(checkout: Checkout) -> bool:
    return Checkout.objects.get(pk=checkout.pk).status == "succeeded"


def finish(till: Till, page: Page, checkout: Checkout) -> None:
    page.wait_for_url("**/confirmation")
    till.settle_until(lambda: is_done(checkout))


class TestSubscribing:
    def test_charges_and_tells_what_renews(self, till: Till, page: Page) -> None:
        checkout = open_plan(till, page)
        expect(page.get_by_test_id("renewal")).to_contain_text("Renews every month")
        expect(page.get_by_text("By subscribing you allow")).to_be_visible()
        enter_card(page, "4242424242424242")
        introduce(page)
        page.get_by_role("button", name="Pay $10.00 and subscribe").click()
        finish(till, page, checkout)

        expect(page.get_by_role("heading", name="You are subscribed")).to_be_visible()
        expect(page.locator("#state")).to_contain_text("Renews")
        subscription = Subscription.objects.get()
        assert subscription.payment_method == PaymentMethod.objects.get()
        assert len(till.charges(checkout.pk)) == 1

    def test_a_declined_card_can_be_changed(self, till: Till, page: Page) -> None:
        checkout = open_plan(till, page)
        enter_card(page, "4000000000000002")
        introduce(page)
        page.get_by_role("button", name="subscribe").click()
        expect(page.locator('[data-error-for="payment"]')).to_contain_text("declined")
        assert not Subscription.objects.exists()

        enter_card(page, "4242424242424242")
        page.get_by_role("button", name="subscribe").click()
        finish(till, page, checkout)
        assert Subscription.objects.get().status == "active"

    def test_three_d_secure_passed_subscribes(self, till: Till, page: Page) -> None:
        checkout = open_plan(till, page)
        enter_card(page, "4000000000003220")
        introduce(page)
        page.get_by_role("button", name="subscribe").click()
        challenge(page).get_by_role("button", name="Complete").click()
        finish(till, page, checkout)

        assert Subscription.objects.get().status == "active"


class TestTrial:
    def test_starts_with_nothing_due(self, till: Till, page: Page) -> None:
        checkout = open_plan(till, page, trial=14)
        expect(page.get_by_test_id("price")).to_have_text("14 days free")
        expect(page.get_by_test_id("renewal")).to_contain_text("Then $10.00 every month, from")
        expect(due(page)).to_have_text("$0.00")
        enter_card(page, "4242424242424242")
        introduce(page)
        page.get_by_role("button", name="Start free trial").click()
        finish(till, page, checkout)

        expect(page.get_by_role("heading", name="Your trial has begun")).to_be_visible()
        expect(page.locator("#state")).to_contain_text("Nothing today")
        assert Subscription.objects.get().status == "trialing"
        assert PaymentMethod.objects.count() == 1
        assert till.charges(checkout.pk) == []

    def test_asks_the_bank_where_it_wants_to_be_asked(self, till: Till, page: Page) -> None:
        checkout = open_plan(till, page, trial=14)
        enter_card(page, "4000000000003220")
        introduce(page)
        page.get_by_role("button", name="Start free trial").click()
        challenge(page).get_by_role("button", name="Fail").click()
        page.wait_for_url("**/confirmation")
        till.settle_until(lambda: Checkout.objects.get(pk=checkout.pk).status == "open")
        expect(page.get_by_role("heading", name="could not be saved")).to_be_visible()

        page.get_by_role("link", name="Try again").click()
        enter_card(page, "4000000000003220")
        page.get_by_role("button", name="Start free trial").click()
        challenge(page).get_by_role("button", name="Complete").click()
        finish(till, page, checkout)

        assert Subscription.objects.get().status == "trialing"

    def test_is_had_once_and_the_plan_all_the_same(self, till: Till, page: Page) -> None:
        organization = till.merchant.organization
        organization.subscription_settings["prevent_trial_abuse"] = True
        organization.subscription_settings["allow_multiple_subscriptions"] = True
        organization.save()
        first = open_plan(till, page, trial=14)
        enter_card(page, "4242424242424242")
        introduce(page)
        page.get_by_role("button", name="Start free trial").click()
        finish(till, page, first)

        second = open_plan(till, page, trial=14)
        enter_card(page, "4242424242424242")
        introduce(page)
        page.get_by_role("button", name="Start free trial").click()
        expect(page.locator("#problem")).to_contain_text("already had a trial")
        expect(due(page)).to_have_text("$10.00")
        page.get_by_role("button", name="Pay $10.00 and subscribe").click()
        finish(till, page, second)

        assert [charge.amount for charge in till.charges(second.pk)] == [1000]


class TestDiscountCode:
    def test_is_applied_and_taken_back(self, till: Till, page: Page) -> None:
        make_discount(till)
        checkout = open_plan(till, page)
        card_form(page)
        code = page.get_by_label("Discount code")
        code.fill("nonsense")
        code.press("Enter")
        expect(page.locator("#discount-error")).to_have_text("There is no discount with this code.")
        expect(code).to_be_focused()
        expect(code).to_have_value("nonsense")

        code.fill("launch")
        page.get_by_role("button", name="Apply").click()
        expect(page.get_by_text("20% off the first payment")).to_be_visible()
        expect(due(page)).to_have_text("$8.00")
        expect(page.get_by_test_id("renewal")).to_contain_text("Then $10.00 every month")
        remove = page.get_by_role("button", name="Remove the discount LAUNCH")
        expect(remove).to_be_focused()
        remove.press("Enter")
        expect(due(page)).to_have_text("$10.00")

        page.get_by_label("Discount code").fill("LAUNCH")
        page.get_by_label("Discount code").press("Enter")
        expect(due(page)).to_have_text("$8.00")
        enter_card(page, "4242424242424242")
        introduce(page)
        page.get_by_role("button", name="Pay $8.00 and subscribe").click()
        finish(till, page, checkout)

        order = Order.objects.get()
        assert (order.discount_amount, order.total_amount) == (200, 800)
        assert Subscription.objects.get().discount is not None

    def test_that_has_run_out_does_not_stop_the_buyer(self, till: Till, page: Page) -> None:
        make_discount(till, max_redemptions=1)
        checkout = open_plan(till, page)
        page.get_by_label("Discount code").fill("LAUNCH")
        page.get_by_role("button", name="Apply").click()
        expect(due(page)).to_have_text("$8.00")
        Discount.objects.update(redemptions_count=1)
        enter_card(page, "4242424242424242")
        introduce(page)
        page.get_by_role("button", name="Pay $8.00 and subscribe").click()

        expect(page.locator("#problem")).to_contain_text("can no longer be redeemed")
        expect(due(page)).to_have_text("$10.00")
        expect(page.get_by_label("Discount code")).to_be_visible()
        page.get_by_role("button", name="Pay $10.00 and subscribe").click()
        finish(till, page, checkout)

        assert [charge.amount for charge in till.charges(checkout.pk)] == [1000]

    def test_of_everything_for_good_asks_for_no_card(self, till: Till, page: Page) -> None:
        make_discount(till, basis_points=10_000, duration="forever")
        open_plan(till, page)
        page.get_by_label("Discount code").fill("LAUNCH")
        page.get_by_role("button", name="Apply").click()

        expect(page.get_by_role("button", name="Subscribe")).to_be_visible()
        expect(page.locator("#payment")).to_be_hidden()


class TestSeats:
    def test_are_counted_live(self, till: Till, page: Page) -> None:
        checkout = open_plan(till, page, MONTHLY, SEATS, min_seats=2)
        seats = page.get_by_label("Seats")
        expect(seats).to_have_value("2")
        expect(due(page)).to_have_text("$20.00")
        page.get_by_role("button", name="One more").click()
        expect(due(page)).to_have_text("$25.00")
        expect(page.locator("#summary")).to_contain_text("3 seats")
        seats.fill("21")
        seats.blur()
        expect(page.locator('[data-error-for="seats"]')).to_have_text(
            "No more than 20 seats can be bought."
        )
        seats.fill("4")
        seats.blur()
        expect(due(page)).to_have_text("$30.00")
        enter_card(page, "4242424242424242")
        introduce(page)
        page.get_by_role("button", name="Pay $30.00 and subscribe").click()
        finish(till, page, checkout)

        assert Subscription.objects.get().seats == 4
        assert [item.amount for item in Order.objects.get().items.order_by("position")] == [
            1000,
            2000,
        ]


class TestThePage:
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_has_no_serious_accessibility_finding(
        self, till: Till, browser: Browser, scheme: Any
    ) -> None:
        make_discount(till)
        tall = {"width": 1280, "height": 1300}
        with opened_page(browser, color_scheme=scheme, viewport=tall) as page:
            open_plan(till, page, MONTHLY, SEATS, trial=14)
            card_form(page)
            bare = Axe().run(page).response["violations"]
            page.get_by_label("Discount code").fill("LAUNCH")
            page.get_by_role("button", name="Apply").click()
            expect(page.get_by_text("20% off the first payment")).to_be_visible()
            found = bare + Axe().run(page).response["violations"]

        assert [rule["id"] for rule in found if rule["impact"] in ("serious", "critical")] == []

    def test_fits_a_phone(self, till: Till, browser: Browser) -> None:
        make_discount(till)
        with opened_page(browser, viewport={"width": 360, "height": 740}) as page:
            open_plan(till, page, MONTHLY, SEATS, trial=14)
            # The browser draws no frame that is out of sight.
            page.locator("#payment-element").scroll_into_view_if_needed()
            card_form(page)
            width = page.evaluate("document.documentElement.scrollWidth")

        assert width == 360
