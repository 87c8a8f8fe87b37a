"""Payouts over the merchant API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from apps.core.origin import Door, system_origin
from apps.organizations.models import Organization
from apps.payouts.models import Payout
from apps.payouts.operations import (
    HoldTerms,
    begin_attempt,
    place_hold,
    set_payout_billing,
    settle_attempt,
)
from tests.support.merchants import make_organization, make_token
from tests.support.payouts import bank_payout, earn, link, make_account, transferred

pytestmark = pytest.mark.django_db
NOW = system_origin(Door.TASK)


@pytest.fixture
def organization() -> Organization:
    made = make_organization()
    link(made, make_account(at=NOW.at), at=NOW.at)
    earn(made, 10_000, at=NOW.at)
    return made


def call(organization: Organization, path: str, *, scopes: Any = None, post: bool = False) -> Any:
    token = make_token(organization, scopes) if scopes else make_token(organization)
    client = Client(headers={"Authorization": f"Bearer {token}"})
    if post:
        return client.post(f"/v1/payouts/{path}", {}, content_type="application/json")
    return client.get(f"/v1/payouts/{path}")


def test_are_estimated_requested_and_listed(organization: Organization) -> None:
    estimate = call(organization, "estimate").json()
    assert (estimate["net_amount"], estimate["is_held"]) == (9750, False)
    balance = call(organization, "balance").json()
    assert (balance["available_amount"], balance["releases"]) == (10_000, [])

    made = call(organization, "", post=True)
    assert made.status_code == 201 and made.json()["amount"] == 9750
    again = call(organization, "", post=True)
    assert (again.status_code, again.json()["error"]) == (400, "PayoutIntervalLimitReached")
    listed = call(organization, "?status=pending").json()
    assert [one["id"] for one in listed["items"]] == [made.json()["id"]]
    assert call(organization, "?status=failed").json()["items"] == []


def test_show_their_attempts_and_transactions(organization: Organization) -> None:
    call(organization, "", post=True)
    payout = Payout.objects.get()
    transferred(payout, at=NOW.at)
    begin_attempt(payout_id=payout.pk, amount=5000, origin=NOW)

    assert call(organization, str(payout.pk)).json()["left_amount"] == 4750
    attempts = call(organization, f"{payout.pk}/attempts").json()["items"]
    assert [(one["number"], one["status"], one["amount"]) for one in attempts] == [
        (1, "pending", 5000)
    ]
    text = b"".join(call(organization, f"{payout.pk}/csv")).decode()
    assert text.count("\r\n") == 4 and "100.00" in text


def test_are_invoiced_once_and_the_invoice_is_read(organization: Organization) -> None:
    call(organization, "", post=True)
    payout = Payout.objects.get()
    path = f"{payout.pk}/invoice"
    assert call(organization, path).json()["error"] == "InvoiceNotIssued"
    assert call(organization, path, post=True).json()["error"] == "PayoutNotSucceeded"
    transferred(payout, at=NOW.at)
    attempt = begin_attempt(payout_id=payout.pk, origin=NOW)
    settle_attempt(attempt_id=attempt.pk, facts=bank_payout("paid", at=NOW.at), origin=NOW)
    missing = call(organization, path, post=True)
    assert (missing.status_code, missing.json()["error"]) == (422, "MissingInvoiceBillingDetails")
    set_payout_billing(
        organization_id=organization.pk, name="Acme", address={"country": "US"}, origin=NOW
    )
    issued = call(organization, path, post=True)
    assert issued.status_code == 201 and issued.json()["is_invoice_generated"]
    assert call(organization, path, post=True).status_code == 409
    file = call(organization, path)
    assert file.content.startswith(b"%PDF") and "CMPT-0001.pdf" in file["Content-Disposition"]
    assert call(make_organization(), path).status_code == 404


def test_say_where_all_the_money_is_and_not_who_decided(organization: Organization) -> None:
    until = NOW.at + timedelta(days=5)
    earn(organization, 700, at=NOW.at, available_at=NOW.at + timedelta(days=3))
    terms = HoldTerms(amount=1000, release_at=until)
    secret = "Looks like a fraud"
    place_hold(organization_id=organization.pk, terms=terms, origin=NOW.because(secret))
    call(organization, "", post=True)

    answer = call(organization, "whereabouts")
    found = answer.json()
    assert (
        found["total_amount"]
        == Payout.objects.get().amount + 700 + 1000
        == sum(
            found[f"{place}_amount"]
            for place in ("settled", "maturing", "in_transit", "held", "reserved", "owed_back")
        )
    )
    assert found["in_transit"][0]["payout_id"] == str(Payout.objects.get().pk)
    assert found["held"] == [{"amount": 1000, "until": until.isoformat().replace("+00:00", "Z")}]
    assert secret not in answer.content.decode()


def test_list_what_has_moved_the_balance(organization: Organization) -> None:
    earn(organization, -300, at=NOW.at)
    call(organization, "", post=True)
    payout = Payout.objects.get()
    listed = call(organization, "transactions?limit=100").json()
    assert listed["pagination"]["total_count"] == len(listed["items"]) == 5
    assert sum(one["amount"] for one in listed["items"]) == 0
    assert {one["payout_id"] for one in listed["items"]} == {str(payout.pk)}
    paid = call(organization, f"transactions?type=payout&payout_id={payout.pk}").json()["items"]
    assert [(one["type"], one["amount"]) for one in paid] == [("payout", -payout.amount)]
    fees = call(organization, "transactions?type=payout_fee&sorting=amount").json()["items"]
    assert [one["fee_type"] for one in fees] == ["account", "payout"]
    assert call(organization, f"transactions?order_id={payout.pk}").json()["items"] == []
    assert call(make_organization(), "transactions").json()["items"] == []
    assert call(organization, "transactions?sorting=type").status_code == 422


def test_are_only_the_organizations_own(organization: Organization) -> None:
    call(organization, "", post=True)
    payout = Payout.objects.get()
    other = make_organization()
    for path in (str(payout.pk), f"{payout.pk}/attempts", f"{payout.pk}/csv"):
        assert call(other, path).status_code == 404
    assert call(other, "").json()["items"] == []


def test_need_their_scope(organization: Organization) -> None:
    assert call(organization, "", scopes=["payouts:read"], post=True).status_code == 403
    assert call(organization, "", scopes=["orders:read"]).status_code == 403
