"""The pages of connected accounts in a browser: onboarding and the Express dashboard."""

import pytest
import stripe
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.stripesim.test_accounts import CHECKED, express, of
from tests.support.stripesim import StripeSim

pytestmark = pytest.mark.browser


def onboarding(client: stripe.StripeClient, sim: StripeSim, account: str) -> str:
    """A fresh link that comes back to the sandbox's own page."""
    back = f"{sim.url}/_sim/"
    wish = {"account": account, "type": "account_onboarding", "refresh_url": back}
    return client.v1.account_links.create({**wish, "return_url": back}).url


def test_a_holder_answers_and_corrects_an_answer(
    client: stripe.StripeClient, stripesim: StripeSim, page: Page
) -> None:
    account = express(client).id
    page.goto(onboarding(client, stripesim, account))
    assert Axe().run(page).violations_count == 0
    page.get_by_label("ID number").fill("111111111")
    page.get_by_role("button", name="Submit", exact=True).click()
    expect(page).to_have_url(f"{stripesim.url}/_sim/")
    stripesim.control("clock/advance", {"seconds": CHECKED})
    page.goto(onboarding(client, stripesim, account))
    expect(page.get_by_role("alert")).to_contain_text("individual.id_number")
    page.get_by_role("button", name="Submit", exact=True).click()
    stripesim.control("clock/advance", {"seconds": CHECKED})
    assert client.v1.accounts.retrieve(account).payouts_enabled
    page.goto(f"{stripesim.url}/_sim/")
    expect(page.get_by_role("row", name=account)).to_contain_text("payouts on")
    assert Axe().run(page).violations_count == 0


def test_a_holder_replaces_the_bank_account(
    client: stripe.StripeClient, stripesim: StripeSim, page: Page
) -> None:
    account = stripesim.control("accounts", {"name": "Ada", "bank": "000111111113"})["id"]
    stripesim.control("balance", {"account": account, "amount": 5000})
    client.v1.payouts.create({"amount": 3000, "currency": "usd"}, of(account))
    stripesim.control("clock/advance", {"days": 4})
    page.goto(client.v1.accounts.login_links.create(account).url)
    expect(page.get_by_role("row", name="30.00 USD")).to_contain_text("failed")
    assert Axe().run(page).violations_count == 0
    page.get_by_label("Account number or IBAN").fill("?")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("Invalid account number")
    page.get_by_label("Account number or IBAN").fill("000123456789")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("…6789")).to_be_visible()
    assert client.v1.accounts.retrieve(account).payouts_enabled
