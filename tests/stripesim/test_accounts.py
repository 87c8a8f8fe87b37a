"""Connected accounts: opened, onboarded, doubted, rejected; their bank accounts and their pages."""

import re
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

import pytest
import stripe

from tests.stripesim.contract import contract
from tests.support.stripesim import StripeSim

CHECKED = 5  # seconds from the answers to the result
URLS = {"refresh_url": "https://shop.example/again", "return_url": "https://shop.example/done"}


def express(client: stripe.StripeClient, country: str = "US", **more: Any) -> stripe.Account:
    """An account as a platform opens one for somebody it pays."""
    return client.v1.accounts.create(
        {
            "type": "express",
            "country": country,
            "capabilities": {"transfers": {"requested": True}},
            "settings": {"payouts": {"schedule": {"interval": "manual"}}},
            "business_profile": {"name": "Ada's Apps"},
            "tos_acceptance": {"service_agreement": "full" if country == "US" else "recipient"},
            **more,
        }
    )


def of(account: str) -> dict[str, str]:
    return {"stripe_account": account}


def told(client: stripe.StripeClient, account: str) -> list[str]:
    """The event types of an account, oldest first; each event fits and names the account."""
    events = client.v1.events.list({"limit": 100}, of(account)).data
    for event in events:
        assert event.account == account
        found = contract().check_event(event.to_dict())
        assert [problem for problem in found if problem.level != "notice"] == []
    return [event.type for event in events][::-1]


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """Redirects are looked at, not followed."""


def visit(url: str, data: dict[str, str] | None = None) -> tuple[int, str, str]:
    """(status, where it leads, page) of a page of the sandbox."""
    body = None if data is None else urlencode(data).encode()
    try:
        with build_opener(_Stay).open(Request(url, data=body)) as answer:
            return answer.status, "", answer.read().decode()
    except HTTPError as error:
        with error:
            return error.code, error.headers.get("Location", ""), error.read().decode()


def answers(page: str) -> dict[str, str]:
    """What the form proposes, as a browser would send it."""
    return dict(re.findall(r'<input name="([^"]+)" value="([^"]*)"', page))


def open_form(client: stripe.StripeClient, sim: StripeSim, account: str) -> tuple[str, str]:
    """The address and text of the onboarding form behind a fresh link."""
    link = client.v1.account_links.create(
        {"account": account, "type": "account_onboarding", **URLS}
    )
    status, session, _ = visit(link.url)
    assert status == 302
    return sim.url + session, visit(sim.url + session)[2]


def test_a_new_account_owes_answers(client: stripe.StripeClient) -> None:
    account = express(client, "DE")
    assert (account.default_currency, account.type) == ("eur", "express")
    assert (account.details_submitted, account.payouts_enabled) == (False, False)
    assert account.capabilities.transfers == "inactive"
    assert "external_account" in account.requirements.currently_due
    assert "individual.id_number" not in account.requirements.currently_due
    assert account.requirements.disabled_reason == "requirements.past_due"
    assert client.v1.accounts.retrieve(account.id).settings.payouts.schedule.interval == "manual"
    with pytest.raises(stripe.InvalidRequestError) as caught:
        express(client, "KP")
    assert caught.value.param == "country"


def test_the_holder_answers_on_the_page(client: stripe.StripeClient, stripesim: StripeSim) -> None:
    account = express(client)
    form, page = open_form(client, stripesim, account.id)
    assert visit(form, {"action": "leave"})[1] == URLS["return_url"]
    assert not client.v1.accounts.retrieve(account.id).details_submitted
    assert visit(form, {**answers(page), "action": "submit"})[1] == URLS["return_url"]
    waiting = client.v1.accounts.retrieve(account.id)
    assert (waiting.details_submitted, waiting.capabilities.transfers) == (True, "pending")
    assert waiting.requirements.pending_verification
    stripesim.control("clock/advance", {"seconds": CHECKED})
    ready = client.v1.accounts.retrieve(account.id)
    assert (ready.capabilities.transfers, ready.payouts_enabled) == ("active", True)
    assert ready.requirements.currently_due == []
    assert ready.external_accounts.data[0].last4 == "6789"
    assert told(client, account.id) == [
        "account.external_account.created",
        "capability.updated",
        "account.updated",
        "capability.updated",
        "account.updated",
    ]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("individual.id_number", "111111111", "verification_failed_id_number_match"),
        ("individual.address.line1", "address_no_match", "verification_failed_address_match"),
    ],
)
def test_an_answer_is_not_believed(
    client: stripe.StripeClient, stripesim: StripeSim, field: str, value: str, code: str
) -> None:
    account = express(client)
    form, page = open_form(client, stripesim, account.id)
    visit(form, {**answers(page), field: value, "action": "submit"})
    stripesim.control("clock/advance", {"seconds": CHECKED})
    doubted = client.v1.accounts.retrieve(account.id)
    assert doubted.requirements.currently_due == [field]
    assert [error.code for error in doubted.requirements.errors] == [code]
    assert not doubted.payouts_enabled
    form, page = open_form(client, stripesim, account.id)
    assert field in page
    visit(form, {**answers(page), "action": "submit"})
    stripesim.control("clock/advance", {"seconds": CHECKED})
    assert client.v1.accounts.retrieve(account.id).payouts_enabled


def test_a_link_opens_once_and_soon(client: stripe.StripeClient, stripesim: StripeSim) -> None:
    account = express(client)
    wish = {"account": account.id, "type": "account_onboarding", **URLS}
    link = client.v1.account_links.create(wish)
    assert link.expires_at - link.created == 300
    assert visit(link.url)[1].startswith("/setup/s/")
    assert visit(link.url)[1] == URLS["refresh_url"]
    late = client.v1.account_links.create(wish)
    stripesim.control("clock/advance", {"seconds": 300})
    assert visit(late.url)[1] == URLS["refresh_url"]
    assert visit(f"{stripesim.url}/setup/e/{account.id}/lnk_none")[0] == 400
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.account_links.create({**wish, "type": "account_update"})
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.account_links.create({"account": account.id, "type": "account_onboarding"})
    assert caught.value.code == "url_invalid"


def test_the_express_dashboard(client: stripe.StripeClient, stripesim: StripeSim) -> None:
    fresh = express(client)
    with pytest.raises(stripe.InvalidRequestError, match="not completed onboarding"):
        client.v1.accounts.login_links.create(fresh.id)
    account = stripesim.control("accounts", {"name": "Ada", "bank": "000111111113"})["id"]
    link = client.v1.accounts.login_links.create(account)
    session = stripesim.url + visit(link.url)[1]
    assert "…1113" in visit(session)[2]
    typed = {"bank_country": "US", "account_number": "000123456789", "routing_number": "110000000"}
    assert visit(session, typed)[0] == 302
    assert "…6789" in visit(session)[2]
    assert visit(link.url)[0] == 400


def test_bank_accounts(client: stripe.StripeClient, stripesim: StripeSim) -> None:
    account = express(client, external_account="btok_us_verified").id
    held = client.v1.accounts.external_accounts
    first = held.list(account).data[0]
    assert (first.last4, first.default_for_currency, first.status) == ("6789", True, "new")
    euro = {"country": "DE", "currency": "eur", "account_number": "DE89370400440532013000"}
    second = held.create(account, {"bank_account": euro})
    third = held.create(
        account, {"external_account": "btok_us_verified_noAccount", "metadata": {"k": "v"}}
    )
    assert (second.default_for_currency, third.default_for_currency) == (True, False)
    third = held.update(account, third.id, {"default_for_currency": True})
    assert third.default_for_currency
    assert not held.retrieve(account, first.id).default_for_currency
    with pytest.raises(stripe.InvalidRequestError):
        held.delete(account, third.id)
    assert held.delete(account, first.id).deleted
    listed = client.v1.accounts.retrieve(account).external_accounts.data
    assert [bank.id for bank in listed] == [second.id, third.id]
    assert len(held.list(account, {"object": "bank_account", "limit": 1}).data) == 1
    with pytest.raises(stripe.InvalidRequestError):
        held.retrieve(account, first.id)
    for wrong in ({"external_account": "btok_none"}, {}):
        with pytest.raises(stripe.InvalidRequestError):
            held.create(account, wrong)
    assert "account.external_account.deleted" in told(client, account)


def test_more_is_asked_for_by_a_date(client: stripe.StripeClient, stripesim: StripeSim) -> None:
    account = stripesim.control("accounts", {})["id"]
    wish = {"outcome": "require", "fields": ["individual.verification.document"], "seconds": 600}
    stripesim.control(f"accounts/{account}", wish)
    asked = client.v1.accounts.retrieve(account)
    assert asked.payouts_enabled
    assert asked.requirements.currently_due == ["individual.verification.document"]
    stripesim.control("clock/advance", {"seconds": 600})
    late = client.v1.accounts.retrieve(account)
    assert (late.payouts_enabled, late.capabilities.transfers) == (False, "inactive")
    assert late.requirements.past_due == ["individual.verification.document"]
    assert late.requirements.disabled_reason == "requirements.past_due"
    stripesim.control(f"accounts/{account}", {"outcome": "complete"})
    assert client.v1.accounts.retrieve(account).payouts_enabled
    stripesim.control(f"accounts/{account}", {"outcome": "fail"})
    doubted = client.v1.accounts.retrieve(account)
    assert doubted.requirements.errors[0].requirement == "individual.id_number"
    assert not doubted.payouts_enabled


def test_answers_may_come_over_the_api(client: stripe.StripeClient, stripesim: StripeSim) -> None:
    account = client.v1.accounts.create(
        {
            "type": "custom",
            "country": "US",
            "email": "ada@example.com",
            "business_type": "individual",
            "capabilities": {name: {"requested": True} for name in ("transfers", "card_payments")},
            "individual": {
                "first_name": "Ada",
                "last_name": "Lovelace",
                "dob": {"day": 1, "month": 1, "year": 1981},
                "address": {
                    "line1": "address_full_match",
                    "city": "London",
                    "postal_code": "10001",
                },
                "id_number": "000000000",
            },
            "business_profile": {"mcc": "5734"},
            "tos_acceptance": {"date": 1, "ip": "127.0.0.1"},
            "external_account": "btok_us_verified",
        }
    )
    assert account.requirements.currently_due == ["business_profile.url"]
    client.v1.accounts.update(
        account.id, {"business_profile": {"url": "https://example.com"}, "metadata": {"k": "v"}}
    )
    stripesim.control("clock/advance", {"seconds": CHECKED})
    ready = client.v1.accounts.retrieve(account.id)
    assert (ready.charges_enabled, ready.payouts_enabled) == (True, True)
    listed = client.v1.accounts.capabilities.list(account.id).data
    assert [(one.id, one.status) for one in listed] == [
        ("card_payments", "active"),
        ("transfers", "active"),
    ]
    legacy = client.v1.accounts.capabilities.retrieve(account.id, "legacy_payments")
    assert (legacy.requested, legacy.status) == (False, "unrequested")
    change = client.v1.accounts.capabilities.update
    assert change(account.id, "legacy_payments", {"requested": True}).status == "active"
    assert change(account.id, "card_payments", {"requested": False}).status == "unrequested"
    assert not client.v1.accounts.retrieve(account.id).charges_enabled
    with pytest.raises(stripe.InvalidRequestError):
        change(account.id, "treasury", {"requested": True})


def test_rejected_and_deleted(client: stripe.StripeClient, stripesim: StripeSim) -> None:
    account = stripesim.control("accounts", {"id": "acct_known"})["id"]
    assert stripesim.control("accounts", {"id": account})["id"] == account
    assert client.v1.accounts.retrieve_current(options=of(account)).id == account
    assert client.v1.accounts.retrieve_current().charges_enabled
    rejected = client.v1.accounts.reject(account, {"reason": "fraud"})
    assert rejected.requirements.disabled_reason == "rejected.fraud"
    assert (rejected.payouts_enabled, rejected.capabilities.transfers) == (False, "inactive")
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.account_links.create({"account": account, "type": "account_onboarding", **URLS})
    assert [one.id for one in client.v1.accounts.list({"limit": 5}).data] == [account]
    assert client.v1.accounts.delete(account).deleted
    assert client.v1.accounts.list().data == []
    for use in (
        lambda: client.v1.accounts.retrieve(account),
        lambda: client.v1.balance.retrieve(options=of(account)),
    ):
        with pytest.raises(stripe.PermissionError) as caught:
            use()
        assert caught.value.json_body["error"]["code"] == "account_invalid"


def test_pages_refuse_strangers(stripesim: StripeSim) -> None:
    for path in ("setup/s/lnk_x/y", "express/s/lnk_x/y", "express/acct_x/lnk_x"):
        assert visit(f"{stripesim.url}/{path}")[0] == 400
