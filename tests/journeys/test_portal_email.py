"""Customers who change the address they sign in with, through the SDK."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import LazySettings

from apps.customers.models import Customer, EmailChange
from apps.notifications.models import Mail
from tests.concurrency.test_sale_races import together
from tests.journeys.portals import allow, buyer, portal, portal_of
from tests.support.drafts import make_buyer
from tests.support.stripesim import stripesim
from tests.support.tills import Till, till

__all__ = ["buyer", "portal", "stripesim", "till"]


class TestEmail:
    def request(self, portal: Any, email: str) -> str:
        """Ask for another address; the token that was mailed there."""
        assert portal.customer_portal.customers.request_email_update(email=email) is None
        mail = Mail.objects.filter(recipient=email, kind="customer_email_change").latest("id")
        found = re.search(r"token=(\w+)", mail.text)
        assert found is not None
        return found.group(1)

    def test_changes_once_its_owner_says_so(
        self, portal: Any, till: Till, buyer: Customer, errors: Any
    ) -> None:
        allow(till.merchant.organization)
        former = buyer.email
        replaced = self.request(portal, "other@example.com")
        token = self.request(portal, "New@example.com")
        assert portal.customer_portal.customers.check_email_update(token=token) is None
        with pytest.raises(errors.CustomerPortalCustomersCheckEmailUpdate401Error):
            portal.customer_portal.customers.check_email_update(token=replaced)
        buyer.refresh_from_db()
        assert buyer.email == former

        made = portal.customer_portal.customers.verify_email_update(token=token)

        buyer.refresh_from_db()
        assert (buyer.email, buyer.is_email_verified) == ("New@example.com", True)
        with portal_of(buyer, till.url, token=made.token) as again:
            assert (
                again.customer_portal.customer_session.get_authenticated_user().email
                == "New@example.com"
            )
        told = Mail.objects.get(kind="customer_email_changed")
        assert (told.recipient, told.customer_id) == (former, buyer.pk)
        with pytest.raises(errors.CustomerPortalCustomersVerifyEmailUpdate401Error):
            portal.customer_portal.customers.verify_email_update(token=token)

    def test_tells_nobody_but_its_reader_that_it_is_taken(
        self, portal: Any, till: Till, buyer: Customer, errors: Any
    ) -> None:
        allow(till.merchant.organization)
        taken = make_buyer(till.merchant.organization).email
        token = self.request(portal, str(taken))

        with pytest.raises(errors.CustomerPortalCustomersVerifyEmailUpdate422Error):
            portal.customer_portal.customers.verify_email_update(token=token)
        former = buyer.email
        buyer.refresh_from_db()
        assert buyer.email == former

    def test_is_confirmed_once_by_two_at_once(
        self, portal: Any, till: Till, buyer: Customer
    ) -> None:
        allow(till.merchant.organization)
        token = self.request(portal, "new@example.com")

        def verify() -> str:
            with portal_of(buyer, till.url) as mine:
                try:
                    return str(
                        mine.customer_portal.customers.verify_email_update(token=token).token
                    )
                except Exception as refusal:
                    return str(refusal.status_code)  # type: ignore[attr-defined]

        outcomes = sorted(str(one) for one in together(verify, verify))
        assert outcomes[0] == "401" and outcomes[1].startswith("polar_cst_")

    def test_expires(self, portal: Any, till: Till, buyer: Customer, errors: Any) -> None:
        allow(till.merchant.organization)
        token = self.request(portal, "new@example.com")
        EmailChange.objects.filter(customer=buyer).update(expires_at=buyer.created_at)

        with pytest.raises(errors.CustomerPortalCustomersCheckEmailUpdate401Error):
            portal.customer_portal.customers.check_email_update(token=token)
        with pytest.raises(errors.CustomerPortalCustomersVerifyEmailUpdate401Error):
            portal.customer_portal.customers.verify_email_update(token=token)

    def test_is_the_merchants_to_allow(self, portal: Any, buyer: Customer, till: Till) -> None:
        with pytest.raises(Exception, match="NotPermitted"):
            portal.customer_portal.customers.request_email_update(email="new@example.com")
        allow(till.merchant.organization)
        Customer.objects.filter(pk=buyer.pk).update(type="team")
        with pytest.raises(Exception, match="NotPermitted"):
            portal.customer_portal.customers.request_email_update(email="new@example.com")
        assert not Mail.objects.filter(kind="customer_email_change").exists()

    def test_is_asked_for_a_few_times_only(
        self, portal: Any, till: Till, settings: LazySettings
    ) -> None:
        allow(till.merchant.organization)
        settings.API_RATE_MAILED = 2
        for number in range(2):
            self.request(portal, f"new{number}@example.com")
        with pytest.raises(Exception, match="429"):
            portal.customer_portal.customers.request_email_update(email="new3@example.com")
