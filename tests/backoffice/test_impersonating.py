"""Staff look on as a member: read-only, one organization, an hour, and all of it recorded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.core.clock import system_time
from apps.core.origin import Door, system_origin
from apps.events.models import Event
from apps.organizations.models import AccessToken, Impersonation, Membership
from apps.organizations.operations import end_impersonation
from apps.organizations.tasks import close_impersonations_task
from tests.backoffice.acting import REASON, act, agree, happened
from tests.backoffice.world import Sold, make_organization, make_sale
from tests.support.merchants import make_token

Staff = Callable[[str], Client]
START = "organizations_organization_impersonate"
END = "organizations_impersonation_end"
TOKEN = "organizations_impersonation_issue_token"
SECTIONS = (
    "products",
    "orders",
    "subscriptions",
    "customers",
    "payouts",
    "disputes",
    "benefits",
    "license-keys",
    "webhooks",
)


@pytest.fixture
def owner(sold: Sold) -> Membership:
    return Membership.objects.create(
        organization=sold.organization,
        user=User.objects.create_user("owner@example.com", name="Olga"),
        role="owner",
        created_at=sold.order.created_at,
    )


def start(client: Client, membership: Membership) -> Impersonation:
    done = agree(client, START, membership.organization_id, membership_id=str(membership.pk))
    assert done["HX-Redirect"] == reverse("admin:as_merchant")
    return Impersonation.objects.exclude(staff__email__startswith="staff-").get(
        member=membership.user, ended_at=None
    )


def look(client: Client, section: str = "", key: object = "") -> HttpResponse:
    if not section:
        return client.get(reverse("admin:as_merchant"))  # type: ignore[return-value]
    if not key:
        return client.get(reverse("admin:as_merchant_list", args=[section]))  # type: ignore[return-value]
    return client.get(reverse("admin:as_merchant_object", args=[section, key]))  # type: ignore[return-value]


class TestStarting:
    def test_is_recorded_with_its_reason(self, staff: Staff, owner: Membership) -> None:
        began = start(staff("support"), owner)
        event = happened("impersonation.started", "support@example.com")
        assert event.subject_id == str(owner.organization_id)
        address = reverse("admin:organizations_organization_change", args=[owner.organization_id])
        assert "impersonation.started" in staff("viewer").get(address).content.decode()
        assert event.payload["user_id"] == str(owner.user_id)
        assert began.reason == REASON
        assert began.expires_at - began.created_at == timedelta(minutes=60)

    def test_shows_the_plan_first(self, staff: Staff, owner: Membership) -> None:
        shown = act(staff("support"), START, owner.organization_id, membership_id=str(owner.pk))
        assert b"for 60 minutes" in shown.content
        assert Impersonation.objects.filter(member=owner.user).count() == 0

    def test_refuses_staff(self, staff: Staff, owner: Membership) -> None:
        User.objects.filter(pk=owner.user_id).update(staff_role="viewer")
        shown = act(staff("admin"), START, owner.organization_id, membership_id=str(owner.pk))
        # They are not even offered.
        assert b"Select a valid choice" in shown.content
        assert not Impersonation.objects.filter(member=owner.user).exists()

    def test_refuses_members_of_others(self, staff: Staff, owner: Membership) -> None:
        shown = act(staff("admin"), START, make_organization(2).pk, membership_id=str(owner.pk))
        assert b"Select a valid choice" in shown.content

    def test_ends_another_of_ones_own(self, staff: Staff, sold: Sold, owner: Membership) -> None:
        client = staff("support")
        first = start(client, owner)
        member = Membership.objects.get(user=sold.member)
        # The world's own impersonation of the member is somebody else's.
        agree(client, START, sold.organization.pk, membership_id=str(member.pk))
        first.refresh_from_db()
        assert first.ended_at is not None
        assert Event.objects.filter(
            type="impersonation.ended", payload__impersonation_id=str(first.pk)
        ).exists()


class TestLooking:
    def test_opens_what_the_api_answers(self, staff: Staff, sold: Sold, owner: Membership) -> None:
        client = staff("support")
        start(client, owner)
        assert sold.organization.name in look(client).content.decode()
        for section in SECTIONS:
            assert look(client, section).status_code == 200, section
        assert sold.customer.email in look(client, "customers").content.decode()
        shown = look(client, "orders", sold.order.pk)
        assert str(sold.order.invoice_number) in shown.content.decode()

    def test_keeps_every_page(self, staff: Staff, sold: Sold, owner: Membership) -> None:
        client = staff("support")
        began = start(client, owner)
        look(client)
        look(client, "orders")
        look(client, "orders", sold.order.pk)
        paths = list(
            Event.objects.filter(type="impersonation.looked", subject_id=began.pk)
            .order_by("at", "id")
            .values_list("payload__path", flat=True)
        )
        assert paths == [
            "/backoffice/as-merchant/",
            "/backoffice/as-merchant/orders/",
            f"/backoffice/as-merchant/orders/{sold.order.pk}/",
        ]
        page = client.get(reverse("admin:organizations_impersonation_change", args=[began.pk]))
        assert paths[2] in page.content.decode()

    def test_shows_the_banner_everywhere_until_the_end(
        self, staff: Staff, owner: Membership
    ) -> None:
        client = staff("support")
        began = start(client, owner)
        look(client)
        for address in (reverse("admin:index"), reverse("admin:orders_order_changelist")):
            page = client.get(address).content.decode()
            assert "You look on as" in page and "60 min left" in page
        agree(client, END, began.pk)
        happened("impersonation.ended", "support@example.com")
        assert "You look on as" not in client.get(reverse("admin:index")).content.decode()
        assert look(client).status_code == 302

    def test_is_of_one_organization(self, staff: Staff, sold: Sold, owner: Membership) -> None:
        other = make_sale(2, make_organization(2))
        client = staff("support")
        start(client, owner)
        assert look(client, "orders", other.order.pk).status_code == 404
        assert other.customer.email not in look(client, "customers").content.decode()

    def test_hides_secrets(self, staff: Staff, sold: Sold, owner: Membership) -> None:
        client = staff("support")
        start(client, owner)
        endpoint = sold.organization.webhook_endpoints.first()
        shown = look(client, "webhooks", endpoint.pk).content.decode()
        assert endpoint.url in shown and "•••" in shown
        assert "whsec_" not in shown

    def test_takes_nothing_of_what_the_merchant_may_ask(
        self, staff: Staff, sold: Sold, owner: Membership, settings: Any
    ) -> None:
        settings.API_RATE_LIMITS = {**settings.API_RATE_LIMITS, "default": 1}
        headers = {"Authorization": f"Bearer {make_token(sold.organization)}"}
        codes = [Client(headers=headers).get("/v1/orders/").status_code for _ in range(2)]
        assert codes == [200, 429]
        client = staff("support")
        start(client, owner)
        assert look(client, "orders").status_code == 200

    def test_writes_nothing(self, staff: Staff, sold: Sold, owner: Membership) -> None:
        client = staff("support")
        start(client, owner)
        for address in (
            reverse("admin:as_merchant"),
            reverse("admin:as_merchant_list", args=["products"]),
            reverse("admin:as_merchant_object", args=["products", sold.product.pk]),
        ):
            for send in (client.post, client.put, client.patch, client.delete):
                assert send(address).status_code == 405

    def test_sees_what_the_role_sees(self, staff: Staff, sold: Sold) -> None:
        client = staff("support")
        start(client, Membership.objects.get(user=sold.member))
        assert look(client, "payouts").status_code == 404
        assert "Payouts</a>" not in look(client).content.decode().split("bo-merchant")[1]

    def test_ends_after_an_hour(self, staff: Staff, owner: Membership) -> None:
        client = staff("support")
        began = start(client, owner)
        Impersonation.objects.filter(pk=began.pk).update(
            expires_at=system_time() - timedelta(seconds=1)
        )
        assert look(client).status_code == 302
        close_impersonations_task()
        began.refresh_from_db()
        assert began.ended_at == began.expires_at
        assert Event.objects.get(type="impersonation.ended").actor == "system"

    @pytest.mark.parametrize("lost", ["role", "membership", "staff"])
    def test_ends_with_what_it_rests_on(self, staff: Staff, owner: Membership, lost: str) -> None:
        client = staff("support")
        start(client, owner)
        if lost == "role":
            Membership.objects.filter(pk=owner.pk).update(role="member")
        elif lost == "membership":
            owner.delete()
        else:
            User.objects.filter(pk=owner.user_id).update(staff_role="viewer")
        assert look(client, "orders").status_code == 302


class TestTokens:
    def reading(self, staff: Staff, owner: Membership) -> tuple[Client, Impersonation, str]:
        client = staff("support")
        began = start(client, owner)
        shown = act(client, TOKEN, began.pk).content.decode()
        return client, began, "polar_oat_" + shown.split("polar_oat_")[1][:43]

    def send(self, token: str, method: str, path: str) -> HttpResponse:
        return Client().generic(  # type: ignore[return-value]
            method,
            path,
            "{}",
            content_type="application/json",
            HTTP_AUTHORIZATION=f"Bearer {token}",
        )

    def test_read_and_are_recorded(self, staff: Staff, sold: Sold, owner: Membership) -> None:
        _, began, token = self.reading(staff, owner)
        answer = self.send(token, "GET", f"/v1/customers/?email={sold.customer.email}")
        assert answer.status_code == 200
        event = Event.objects.get(type="impersonation.looked", subject_id=began.pk)
        assert (event.door, event.payload["path"]) == ("api", "/v1/customers/?email")
        assert event.actor_label == "support@example.com"

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("POST", "/v1/products/"),
            ("POST", "/v1/organizations/"),
            ("POST", "/v1/license-keys/validate"),
            ("DELETE", "/v1/customers/{customer}"),
            ("PATCH", "/v1/organizations/{organization}"),
        ],
    )
    def test_never_write(
        self, staff: Staff, sold: Sold, owner: Membership, method: str, path: str
    ) -> None:
        _, _, token = self.reading(staff, owner)
        path = path.format(customer=sold.customer.pk, organization=sold.organization.pk)
        answer = self.send(token, method, path)
        assert answer.status_code == 403
        assert answer.json()["detail"] == "Impersonation is read-only."  # type: ignore[attr-defined]

    def test_end_with_it(self, staff: Staff, owner: Membership) -> None:
        client, began, token = self.reading(staff, owner)
        agree(client, END, began.pk)
        assert self.send(token, "GET", "/v1/orders/").status_code == 401
        assert AccessToken.objects.get(impersonation=began).revoked_at is not None

    def test_are_given_to_who_impersonates_alone(self, staff: Staff, owner: Membership) -> None:
        began = start(staff("support"), owner)
        shown = act(staff("admin"), TOKEN, began.pk).content.decode()
        assert "Only who impersonates is given a token." in shown

    def test_cannot_be_had_once_it_is_over(self, staff: Staff, owner: Membership) -> None:
        client = staff("support")
        began = start(client, owner)
        end_impersonation(impersonation_id=began.pk, origin=system_origin(Door.COMMAND))
        assert act(client, TOKEN, began.pk).status_code == 404
