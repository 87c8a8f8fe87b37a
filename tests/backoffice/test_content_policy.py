"""What browsers may load, tried in one: nothing on our pages goes against it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from apps.notifications.models import Mail
from tests.backoffice.addresses import PAGES, list_of, page_of, record_admins
from tests.backoffice.test_browser import open_menu
from tests.backoffice.world import Sold, make_sale

Staff = Callable[[str], Client]
OWN = ("admin:security", "admin:add_app", "admin:password_change", "admin:confirm")


class TestHeaders:
    def test_allow_no_scripts_in_pages(self, staff: Staff) -> None:
        for client, address in (
            (Client(), "/backoffice/login/"),
            (staff("viewer"), "/backoffice/find/"),
        ):
            policy = client.get(address).headers["Content-Security-Policy"]
            assert "script-src 'self' 'unsafe-eval';" in policy
            assert "default-src 'none';" in policy
            assert "frame-ancestors 'none';" in policy
            assert "style-src 'self' 'sha256-" in policy

    def test_allow_checkouts_what_stripe_needs(self, sold: Sold) -> None:
        response = Client().get(f"/checkout/{sold.checkout.client_secret}")
        policy = response.headers["Content-Security-Policy"]
        origin = settings.STRIPE_JS_URL.removesuffix("/v3/")
        assert f"script-src 'self' {origin};" in policy
        assert "unsafe-eval" not in policy
        assert "camera=()" in response.headers["Permissions-Policy"]

    def test_leave_all_other_pages_next_to_nothing(self, db: None) -> None:
        response = Client().get("/documents/invoices/unknown")
        policy = response.headers["Content-Security-Policy"]
        assert "script-src" not in policy
        assert "default-src 'none'" in policy


@pytest.fixture
def refused(page: Page) -> Iterator[list[str]]:
    """What the browser says against the policy, and other errors of the page."""
    found: list[str] = []
    page.on(
        "console",
        lambda one: found.append(f"{page.url}: {one.text}") if one.type == "error" else None,
    )
    page.on("pageerror", lambda error: found.append(f"{page.url}: {error}"))
    yield found


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
class TestInABrowser:
    def test_every_page_keeps_to_it(
        self, page: Page, refused: list[str], staff: Staff, live_server: LiveServer
    ) -> None:
        make_sale()
        page.goto(live_server.url + "/backoffice/login/")
        cookie = staff("admin").cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies(
            [{"name": cookie.key, "value": cookie.value, "url": live_server.url}]
        )
        addresses = [reverse(name) for name in (*PAGES, *OWN)]
        for one in record_admins():
            addresses += [list_of(one), page_of(one)]
        for address in addresses:
            page.goto(live_server.url + address, wait_until="load")
            expect(page.locator("html")).not_to_have_attribute("x-cloak", "")
            for frame in page.locator("iframe").all():
                frame.scroll_into_view_if_needed()
                expect(frame.content_frame.locator("body")).to_be_attached()
        assert refused == []

    def test_the_palette_and_dialogs_work_under_it(
        self, page: Page, refused: list[str], staff: Staff, live_server: LiveServer
    ) -> None:
        sold = make_sale()
        cookie = staff("admin").cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies(
            [{"name": cookie.key, "value": cookie.value, "url": live_server.url}]
        )
        page.goto(
            live_server.url
            + reverse("admin:organizations_organization_change", args=[sold.organization.pk])
        )
        open_menu(page, "More")
        page.get_by_role("link", name="Change status").click()
        expect(page.locator("#modal-content").get_by_label("New status")).to_be_visible()
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Find anything").click()
        expect(page.locator("#command-results, [x-ref=searchInputCommand]").first).to_be_attached()
        assert refused == []

    def test_a_mail_is_drawn_with_its_own_style(
        self, page: Page, refused: list[str], staff: Staff, live_server: LiveServer
    ) -> None:
        make_sale()
        mail = Mail.objects.get()
        mail.html = "<html><head><style>p { color: rgb(1, 2, 3) }</style></head><p>Hi</p></html>"
        mail.save()
        cookie = staff("admin").cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies(
            [{"name": cookie.key, "value": cookie.value, "url": live_server.url}]
        )
        page.goto(live_server.url + reverse("admin:notifications_mail_change", args=[mail.pk]))
        frame = page.locator("iframe.bo-mail")
        frame.scroll_into_view_if_needed()
        expect(frame.content_frame.locator("p")).to_have_css("color", "rgb(1, 2, 3)")
        assert refused == []
