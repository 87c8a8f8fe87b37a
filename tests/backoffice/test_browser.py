"""Staff at work in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from apps.organizations.models import AccessToken
from apps.organizations.operations import revoke_access_token
from tests.backoffice.world import make_organization, make_sale
from tests.cases.world import origin_at

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Staff = Callable[[str], Client]
# Each sale makes two orders, and a page holds fifty.
SALES = 26
PAGE, REST = 50, 2


@pytest.fixture
def signed_in(page: Page, staff: Staff, live_server: LiveServer) -> Page:
    """The browser with the session of an admin."""
    cookie = staff("admin").cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    return page


def is_unspoilt(page: Page) -> bool:
    """Whether the mark on the window is still there, so that the page was never loaded anew."""
    return bool(page.evaluate("window.isSame === true"))


def open_menu(page: Page, name: str) -> None:
    """Open a menu of verbs by keyboard."""
    page.get_by_role("button", name=name).focus()
    page.keyboard.press("Enter")


def serious_findings(page: Page) -> list[str]:
    """What axe finds that keeps somebody out."""
    found = Axe().run(page).response["violations"]
    return [one["id"] for one in found if one["impact"] in ("serious", "critical")]


class TestLists:
    def test_search_filter_and_page_without_a_reload(
        self, signed_in: Page, live_server: LiveServer
    ) -> None:
        merchant = make_organization()
        for number in range(1, SALES + 1):
            make_sale(number, merchant)
        page, rows = signed_in, signed_in.locator("#bo-list tbody tr")
        page.goto(live_server.url + reverse("admin:orders_order_changelist"))
        page.evaluate("window.isSame = true")
        expect(rows).to_have_count(PAGE)
        page.locator(".bo-pages a").first.click()
        expect(rows).to_have_count(REST)
        expect(page).to_have_url(re.compile("p=2"))
        page.go_back()
        expect(rows).to_have_count(PAGE)
        page.locator("summary", has_text="Status").click()
        page.get_by_role("link", name="Paid", exact=True).click()
        expect(page.locator("summary.is-set")).to_contain_text("Paid")
        page.locator("#bo-q").press_sequentially("nobody@example.com")
        expect(page.locator(".bo-empty")).to_contain_text("Nothing matches.")
        expect(page).to_have_url(re.compile("q=nobody"))
        assert "status__exact=paid" in page.url
        assert is_unspoilt(page)


class TestDialogs:
    def test_ask_for_a_reason_and_show_a_token_once(
        self, signed_in: Page, live_server: LiveServer
    ) -> None:
        merchant, page = make_organization(), signed_in
        page.goto(
            live_server.url + reverse("admin:organizations_organization_change", args=[merchant.pk])
        )
        open_menu(page, "More")
        page.get_by_role("link", name="Issue token").click()
        dialog = page.locator("#modal-content")
        dialog.get_by_label("Comment").fill("Webshop")
        dialog.get_by_role("button", name="Issue token").click()
        expect(dialog).to_contain_text("This field is required.")
        assert not AccessToken.objects.exists()
        dialog.get_by_label("Reason").fill("The owner asked")
        dialog.get_by_role("button", name="Issue token").click()
        expect(dialog.locator("#bo-secret")).to_contain_text("polar_oat_")
        dialog.get_by_role("link", name="Done").click()
        expect(page.locator("body")).to_contain_text("Webshop")
        expect(page.locator("body")).not_to_contain_text("polar_oat_")


class TestPlans:
    def test_are_read_and_applied_by_keyboard(
        self, signed_in: Page, live_server: LiveServer
    ) -> None:
        sold, page = make_sale(), signed_in
        page.goto(
            live_server.url
            + reverse("admin:organizations_organization_change", args=[sold.organization.pk])
        )
        open_menu(page, "More")
        page.get_by_role("link", name="Change status").press("Enter")
        dialog = page.locator("#modal-content")
        dialog.get_by_label("New status").select_option("blocked")
        dialog.get_by_label("Reason").fill("Fraud, as told by the bank")
        dialog.get_by_role("button", name="Show what follows").press("Enter")
        plan = dialog.get_by_role("region", name="Merchant 1 becomes blocked")
        expect(plan).to_be_focused()
        expect(plan).to_contain_text("Requests with its 1 access token are refused.")
        expect(dialog.get_by_label("Reason")).to_have_value("Fraud, as told by the bank")
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            assert serious_findings(page) == []
        revoke_access_token(token_id=sold.token.pk, origin=origin_at())
        dialog.get_by_role("button", name="Change status").press("Enter")
        expect(dialog.get_by_role("alert")).to_contain_text("Things changed since you looked")
        expect(plan).not_to_contain_text("access token")
        expect(plan).to_be_focused()
        dialog.get_by_role("button", name="Change status").press("Enter")
        expect(page.locator("body")).to_contain_text("Merchant 1 is blocked (was active).")


class TestSubscriptions:
    def test_are_cancelled_by_keyboard(self, signed_in: Page, live_server: LiveServer) -> None:
        one, page = make_sale().subscription, signed_in
        page.goto(
            live_server.url + reverse("admin:subscriptions_subscription_change", args=[one.pk])
        )
        expect(page.get_by_role("heading", name="What comes")).to_be_visible()
        open_menu(page, "Pause or end")
        page.get_by_role("link", name="Cancel at period end").press("Enter")
        dialog = page.locator("#modal-content")
        dialog.get_by_label("What the customer says").select_option("too_expensive")
        dialog.get_by_label("Reason").fill("Asked by phone")
        dialog.get_by_role("button", name="Show what follows").press("Enter")
        plan = dialog.get_by_role("region", name=re.compile("It ends on"))
        expect(plan).to_be_focused()
        expect(plan).to_contain_text("too expensive")
        expect(plan).to_contain_text("subscription.canceled")
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            assert serious_findings(page) == []
        dialog.get_by_role("button", name="Cancel at period end").press("Enter")
        expect(page.locator("body")).to_contain_text(re.compile("it ends on"))
        one.refresh_from_db()
        assert one.cancel_at_period_end

    def test_are_retried_from_the_board(self, signed_in: Page, live_server: LiveServer) -> None:
        make_sale()
        page = signed_in
        page.goto(live_server.url + reverse("admin:dunning"))
        page.get_by_role("checkbox", name=re.compile("Select all")).check()
        page.get_by_role("button", name="Retry selected").press("Enter")
        dialog = page.locator("#modal-content")
        dialog.get_by_label("Reason").fill("The bank says it is fine now")
        dialog.get_by_role("button", name="Show what follows").press("Enter")
        plan = dialog.get_by_role("region", name="1 order charged now")
        expect(plan).to_be_focused()
        expect(plan).to_contain_text("$120.00")


class TestEveryone:
    def test_can_read_every_kind_of_page(self, signed_in: Page, live_server: LiveServer) -> None:
        sold, page = make_sale(), signed_in
        addresses = [
            reverse("admin:index"),
            reverse("admin:periodic_jobs"),
            reverse("admin:find") + "?q=buyer",
            reverse("admin:orders_order_changelist"),
            reverse("admin:orders_order_change", args=[sold.order.pk]),
            reverse("admin:subscriptions_subscription_changelist"),
            reverse("admin:subscriptions_subscription_change", args=[sold.subscription.pk]),
            reverse("admin:dunning"),
            reverse("admin:scheduler"),
            reverse("admin:organizations_organization_change", args=[sold.organization.pk]),
            reverse("admin:organizations_membership_changelist"),
            reverse("admin:accounts_user_change", args=[sold.member.pk]),
        ]
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            for address in addresses:
                page.goto(live_server.url + address)
                assert serious_findings(page) == [], (scheme, address)
                width = page.evaluate("document.documentElement.scrollWidth")
                assert width <= 1280, (scheme, address)
