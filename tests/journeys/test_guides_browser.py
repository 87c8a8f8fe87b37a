"""The guides, the reference and the inbox in a browser: light and dark, desk and phone."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.support.browser import opened_page
from tests.support.merchants import make_organization

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(300),
    pytest.mark.django_db(transaction=True),
]

PHONE = {"width": 360, "height": 740}


class TestGuides:
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_have_no_serious_accessibility_finding(
        self, live_server: Any, browser: Browser, scheme: Any
    ) -> None:
        organization = make_organization("Inbox")
        with opened_page(browser, color_scheme=scheme, bypass_csp=True) as page:
            for path in ("/docs", "/docs/conventions", f"/sandbox/inbox/{organization.slug}"):
                page.goto(f"{live_server.url}{path}")
                assert Axe().run(page).response["violations"] == [], path

    def test_fit_a_phone_and_fold_their_menu(self, live_server: Any, browser: Browser) -> None:
        with opened_page(browser, viewport=PHONE) as page:
            page.goto(f"{live_server.url}/docs/conventions")
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            webhooks = page.get_by_role("link", name="Webhooks", exact=True)
            expect(webhooks).to_be_hidden()
            page.get_by_text("Contents").click()
            webhooks.click()
            expect(page.get_by_role("heading", level=1)).to_have_text("Webhooks")

    def test_lead_on_by_the_keyboard_and_copy_their_code(
        self, live_server: Any, browser: Browser
    ) -> None:
        allowed = ["clipboard-read", "clipboard-write"]
        with opened_page(browser, permissions=allowed) as page:
            page.goto(f"{live_server.url}/docs")
            page.keyboard.press("Tab")
            page.keyboard.press("Enter")
            assert page.evaluate("document.activeElement.id") == "content"
            page.get_by_role("button", name="Copy").first.click()
            expect(page.get_by_role("button", name="Copied")).to_be_visible()
            assert "sandbox_token" in page.evaluate("navigator.clipboard.readText()")


class TestReference:
    def test_is_drawn_without_anything_from_elsewhere(
        self, live_server: Any, browser: Browser
    ) -> None:
        with opened_page(browser) as page:
            asked: list[str] = []
            page.on("request", lambda request: asked.append(request.url))
            page.goto(f"{live_server.url}/docs/reference/2027-01")
            # Not by roles: the page has thousands of elements.
            heading = page.locator("#reference h1").first
            expect(heading).to_contain_text("Comptroller API", timeout=120_000)
            assert "/v1/orders/" in (page.locator("#reference").text_content() or "")
        own = (live_server.url, "blob:", "data:", "https://cdn.redoc.ly/redoc/logo")
        assert [url for url in asked if not url.startswith(own)] == []
