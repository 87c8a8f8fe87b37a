"""Sessions of customers through the SDK."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest

from apps.core.ids import new_id
from apps.core.origin import Door, system_origin
from apps.customers.models import Customer, CustomerSession, Member
from apps.customers.operations import delete_customer
from apps.customers.selectors import owner_of, valid_customer_session
from apps.customers.tasks import forget_sessions
from tests.support.drafts import make_buyer
from tests.support.merchants import Merchant

HOUR = timedelta(hours=1)


@pytest.fixture
def buyer(merchant: Merchant) -> Customer:
    return make_buyer(merchant.organization)


class TestCreateCustomerSession:
    def test_opens_the_customers_pages_for_an_hour(self, polar: Any, buyer: Customer) -> None:
        session = polar.customer_sessions.create(
            customer_id=str(buyer.pk), return_url="https://example.com/account"
        )

        now = datetime.now(UTC)
        assert session.token.startswith("polar_cst_")
        assert session.customer.id == session.customer_id == str(buyer.pk)
        assert session.return_url == "https://example.com/account"
        query = parse_qs(urlsplit(session.customer_portal_url).query)
        assert query["customer_session_token"] == [session.token]
        known = valid_customer_session(session.token, at=now)
        assert known is not None and str(known.pk) == session.id
        assert known.member == owner_of(buyer)
        assert valid_customer_session(session.token, at=now + 2 * HOUR) is None
        assert valid_customer_session(session.token[:-1] + "!", at=now) is None

    def test_keeps_no_token(self, polar: Any, merchant: Merchant, buyer: Customer) -> None:
        body = {"external_customer_id": buyer.external_id}
        with merchant.http(**{"Idempotency-Key": new_id().hex}) as http:
            first, second = (http.post("/v1/customer-sessions/", json=body) for _ in range(2))

        assert first.status_code == second.status_code == 201
        tokens = {first.json()["token"], second.json()["token"]}
        assert len(tokens) == 2
        stored = set(CustomerSession.objects.values_list("token_hash", flat=True))
        assert not tokens & stored

    def test_for_a_member(self, polar: Any, merchant: Merchant, buyer: Customer) -> None:
        member = Member.objects.create(
            created_at=buyer.created_at,
            organization=merchant.organization,
            customer=buyer,
            email="second@example.com",
            external_id="second",
        )

        for who in ({"member_id": str(member.pk)}, {"external_member_id": "second"}):
            session = polar.customer_sessions.create(customer_id=str(buyer.pk), **who)
            known = valid_customer_session(session.token, at=datetime.now(UTC))
            assert known is not None and known.member == member

    def test_refuses_what_is_not_there(
        self, polar: Any, stranger: Merchant, buyer: Customer, errors: Any
    ) -> None:
        foreign = make_buyer(stranger.organization)
        whom = {"customer_id": str(buyer.pk)}
        for body, name in (
            ({"customer_id": str(foreign.pk)}, "customer_id"),
            ({"external_customer_id": foreign.external_id}, "external_customer_id"),
            ({}, "customer_id"),
            ({**whom, "external_customer_id": "x"}, "customer_id"),
            ({**whom, "member_id": str(uuid4())}, "member_id"),
            ({**whom, "external_member_id": "nobody"}, "external_member_id"),
            ({**whom, "return_url": "javascript:alert(1)"}, "return_url"),
        ):
            with pytest.raises(errors.HTTPValidationError) as refusal:
                polar.customer_sessions.create(**body)
            assert refusal.value.error.detail[0].loc == ["body", name], body

    def test_ends_with_the_customer(self, polar: Any, buyer: Customer) -> None:
        token = polar.customer_sessions.create(customer_id=str(buyer.pk)).token

        delete_customer(customer_id=buyer.pk, origin=system_origin(Door.COMMAND))

        assert valid_customer_session(token, at=datetime.now(UTC)) is None

    def test_is_forgotten_once_it_has_expired(self, polar: Any, buyer: Customer) -> None:
        kept, gone = (polar.customer_sessions.create(customer_id=str(buyer.pk)) for _ in range(2))
        rows = CustomerSession.objects.filter(pk=gone.id)
        rows.update(expires_at=datetime.now(UTC) - HOUR)

        forget_sessions()

        assert not rows.exists()
        assert CustomerSession.objects.filter(pk=kept.id).exists()
