"""Two persons at their screens, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from apps.approvals.models import Approval
from apps.customers.models import Customer
from apps.wallets.models import Wallet
from tests.support.approvals import limit
from tests.support.browser import opened_page
from tests.wallets.conftest import give, left

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Staff = Callable[[str], Client]


def sign_in(page: Page, staff: Staff, role: str, server: LiveServer) -> None:
    """The browser with somebody's session."""
    cookie = staff(role).cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": server.url}])


def verb(page: Page, name: str) -> Locator:
    """The way to a verb on a record's page."""
    return page.locator(f'a:has-text("{name}")[href$="/{name.lower()}/"]').first


def serious_findings(page: Page) -> list[str]:
    """What axe finds that keeps somebody out."""
    found = Axe().run(page).response["violations"]
    return [one["id"] for one in found if one["impact"] in ("serious", "critical")]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_one_asks_and_the_other_agrees(
    browser: Browser, live_server: LiveServer, staff: Staff, customer: Customer, scheme: str
) -> None:
    give(customer, 100)
    limit("finance", 1000)
    with opened_page(browser, color_scheme=scheme) as page:
        sign_in(page, staff, "finance", live_server)
        address = reverse("admin:wallets_wallet_change", args=[Wallet.objects.get().pk])
        page.goto(live_server.url + address)
        verb(page, "Adjust").click()
        page.get_by_label("Amount").fill("50.00")
        page.get_by_label("Reason").fill("Sorry")
        page.get_by_role("button", name="Show what follows").click()
        expect(page.get_by_text("Above $10.00 it takes a second person")).to_be_visible()
        expect(page.get_by_role("columnheader", name="Before")).to_be_visible()
        assert serious_findings(page) == []
        page.get_by_role("button", name="Ask for approval").click()

        expect(page).to_have_url(re.compile("/approvals/approval/"))
        expect(page.get_by_text("still the same")).to_be_visible()
        assert serious_findings(page) == []
        assert left(customer) == 100

    with opened_page(browser, color_scheme=scheme) as page:
        sign_in(page, staff, "admin", live_server)
        page.goto(live_server.url + reverse("admin:approvals_approval_changelist"))
        navigation = page.get_by_role("link", name=re.compile("Approvals"))
        expect(navigation.filter(has_text="1")).to_be_visible()
        page.evaluate("window.isSame = true")
        page.get_by_role("link", name="Decided", exact=True).click()
        expect(page.get_by_text("Nothing matches.")).to_be_visible()
        page.get_by_role("link", name="Waiting", exact=True).click()
        assert page.evaluate("window.isSame === true")
        assert serious_findings(page) == []
        page.get_by_role("link", name=re.compile("The balance of")).click()
        verb(page, "Approve").click()
        page.get_by_label("Reason").fill("Looks right")
        page.get_by_role("button", name="Approve").click()
        expect(page.get_by_text("The balance of ada@example.com is $51.00.").first).to_be_visible()

    assert left(customer) == 5100
    assert Approval.objects.get().status == "applied"
