"""A merchant is paid out over the API, and can tell where every cent is at each step."""

from __future__ import annotations

import csv
from datetime import timedelta
from typing import Any

import pytest

from apps.core.origin import Door, system_origin
from apps.payouts.models import Payout
from apps.payouts.operations import (
    create_payout_account,
    send_payout_to_bank,
    set_payout_billing,
    settle_attempt,
    take_account_facts,
    transfer_payout,
)
from apps.processors import gateway
from tests.support.books import broken_books
from tests.support.payouts import earn, link, make_account
from tests.support.stripesim import stripesim
from tests.support.tills import Till, till

__all__ = ["stripesim", "till"]


@pytest.fixture
def paid(till: Till, settings: Any, tmp_path: Any) -> Till:
    """A merchant with 100.00 to be paid out, 30.00 to come, and an account at the sandbox."""
    settings.MEDIA_ROOT = tmp_path
    now = system_origin(Door.TASK)
    till.sim.control("balance", {"amount": 1_000_000})
    account = create_payout_account(type="stripe", country="US", currency="usd", origin=now)
    facts = gateway.read_connected_account(till.sim.control("accounts", {})["id"])
    account = take_account_facts(account_id=account.pk, facts=facts, origin=now)
    organization = till.merchant.organization
    link(organization, account, at=now.at)
    earn(organization, 10_000, at=now.at)
    earn(organization, 3000, at=now.at, available_at=now.at + timedelta(days=5))
    return till


def get(till: Till, path: str, **query: Any) -> Any:
    with till.merchant.http() as http:
        answer = http.get(f"/v1/payouts/{path}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def refusal(till: Till, method: str, path: str, **more: Any) -> tuple[int, str]:
    with till.merchant.http() as http:
        answer = http.request(method, f"/v1/payouts/{path}", **more)
    return answer.status_code, answer.json()["error"]


def work(till: Till, payout: Payout) -> None:
    """What the workers do: the transfer, and the try to have it in the bank; which then pays."""
    origin = system_origin(Door.TASK)
    transfer_payout(payout_id=payout.pk, origin=origin)
    attempt = send_payout_to_bank(payout_id=payout.pk, origin=origin)
    assert attempt is not None
    till.sim.control(f"payouts/{attempt.processor_id}", {"outcome": "paid"})
    account_id = payout.payout_account.processor_id or ""
    facts = gateway.read_bank_payout(account_id=account_id, payout_id=attempt.processor_id)
    settle_attempt(attempt_id=attempt.pk, facts=facts, origin=origin)


def test_from_the_balance_to_the_bank(paid: Till) -> None:
    balance = get(paid, "balance")
    assert (balance["available_amount"], balance["pending_amount"]) == (10_000, 3000)
    estimate = get(paid, "estimate")
    assert (estimate["gross_amount"], estimate["net_amount"]) == (10_000, 9750)

    with paid.merchant.http() as http:
        made = http.post("/v1/payouts/")
    assert made.status_code == 201, made.text
    payout_id = made.json()["id"]
    assert refusal(paid, "POST", "") == (400, "PayoutIntervalLimitReached")
    where = get(paid, "whereabouts")
    assert (where["in_transit_amount"], where["maturing_amount"]) == (9750, 3000)

    work(paid, Payout.objects.select_related("payout_account").get(pk=payout_id))
    shown = get(paid, payout_id)
    assert (shown["status"], shown["left_amount"], shown["account_amount"]) == (
        "succeeded",
        0,
        9750,
    )
    [attempt] = get(paid, f"{payout_id}/attempts")["items"]
    assert (attempt["status"], attempt["amount"]) == ("succeeded", 9750)
    assert get(paid, "whereabouts")["total_amount"] == 3000
    assert broken_books() == []


def test_lists_are_filtered_paged_and_sorted(paid: Till) -> None:
    with paid.merchant.http() as http:
        made = http.post("/v1/payouts/").json()
    own = str(paid.merchant.organization.pk)
    assert [one["id"] for one in get(paid, "", organization_id=own)["items"]] == [made["id"]]
    assert get(paid, "", status=["failed", "succeeded"])["items"] == []
    assert get(paid, "", status=["failed", "pending"])["pagination"]["total_count"] == 1
    page = get(paid, "transactions", limit=2, page=2, sorting="amount")
    assert page["pagination"] == {"total_count": 5, "max_page": 3}
    amounts = [one["amount"] for one in get(paid, "transactions", sorting="-amount")["items"]]
    assert amounts == sorted(amounts, reverse=True)
    paying = get(paid, "transactions", payout_id=made["id"], limit=100)["items"]
    assert sum(one["amount"] for one in paying) == 0
    assert refusal(paid, "GET", "", params={"status": "nowhere"})[0] == 422
    assert refusal(paid, "GET", "", params={"sorting": "secret"})[0] == 422


def test_the_invoice_and_the_transactions_are_files(paid: Till) -> None:
    with paid.merchant.http() as http:
        payout_id = http.post("/v1/payouts/").json()["id"]
    path = f"{payout_id}/invoice"
    assert refusal(paid, "GET", path) == (404, "InvoiceNotIssued")
    assert refusal(paid, "POST", path) == (400, "PayoutNotSucceeded")
    work(paid, Payout.objects.select_related("payout_account").get(pk=payout_id))
    assert refusal(paid, "POST", path) == (422, "MissingInvoiceBillingDetails")
    set_payout_billing(
        organization_id=paid.merchant.organization.pk,
        name="Acme Inc.",
        address={"country": "US"},
        origin=system_origin(Door.TASK),
    )
    with paid.merchant.http() as http:
        issued = http.post(f"/v1/payouts/{path}", json={"invoice_number": "ACME-1"})
        assert (issued.status_code, issued.json()["invoice_number"]) == (201, "ACME-1")
        first, again = http.get(f"/v1/payouts/{path}"), http.get(f"/v1/payouts/{path}")
        assert first.headers["content-type"] == "application/pdf"
        assert first.content.startswith(b"%PDF") and first.content == again.content
        rows = list(csv.reader(http.get(f"/v1/payouts/{payout_id}/csv").text.splitlines()))
    assert refusal(paid, "POST", path) == (409, "InvoiceAlreadyExists")
    assert [row[5] for row in rows[1:]] == ["100.00", "-2.00", "-0.50"]


def test_refusals_say_what_is_missing(till: Till) -> None:
    assert refusal(till, "GET", "estimate") == (403, "NotReadyAccount")
    organization, now = till.merchant.organization, system_origin(Door.TASK)
    link(organization, make_account(at=now.at), at=now.at)
    earn(organization, 999, at=now.at)
    assert refusal(till, "GET", "estimate") == (400, "InsufficientBalance")
    assert refusal(till, "POST", "") == (400, "InsufficientBalance")
    organization.capabilities = {**organization.capabilities, "payouts": False}
    organization.save()
    assert refusal(till, "POST", "") == (403, "OrganizationCannotPayout")
    assert refusal(till, "GET", str(organization.pk)) == (404, "ResourceNotFound")
