"""The palette and saved filters by keyboard, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.backoffice.world import make_sale

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Staff = Callable[[str], Client]


@pytest.fixture
def signed_in(page: Page, staff: Staff, live_server: LiveServer) -> Page:
    """The browser with the session of support."""
    cookie = staff("support").cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    return page


def test_the_palette_opens_a_verb_of_the_record_it_found(
    signed_in: Page, live_server: LiveServer
) -> None:
    sold, page = make_sale(), signed_in
    page.goto(live_server.url + reverse("admin:index"))

    page.keyboard.press("Control+k")
    page.locator("#search-input-command").press_sequentially(f"merge {sold.customer.email}")
    expect(page.locator("#command-results-list")).to_contain_text("Merge into another")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(page.locator("#dialog")).to_contain_text("The customer who stays")
    expect(page).to_have_url(re.compile(f"{sold.customer.pk}/change/$"))


def test_a_filter_is_kept_and_leads_back(signed_in: Page, live_server: LiveServer) -> None:
    make_sale()
    page, address = signed_in, live_server.url + reverse("admin:orders_order_changelist")
    page.goto(f"{address}?status__exact=paid")

    page.locator("summary", has_text="Saved").click()
    page.locator(".bo-saved-new [name=name]").fill("Paid ones")
    page.keyboard.press("Enter")

    expect(page.locator(".bo-saved-row")).to_be_visible()
    page.goto(address)
    page.locator("summary", has_text="Saved").click()
    page.get_by_role("link", name="Paid ones").click()
    expect(page).to_have_url(f"{address}?status__exact=paid")
