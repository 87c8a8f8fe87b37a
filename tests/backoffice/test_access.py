"""Who gets in, who sees what, who does what."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.core.staff import roles
from apps.events.models import Event
from tests.backoffice.addresses import PAGES, list_of, page_of, record_admins, verbs_of
from tests.backoffice.world import Sold

Staff = Callable[[str], Client]
FORM = {"_form_submitted": "on", "reason": "Because of a test"}


class TestTheDoor:
    def test_sends_strangers_to_the_login(self, sold: Sold) -> None:
        addresses = [reverse(name) for name in PAGES]
        for one in record_admins():
            addresses += [list_of(one), page_of(one), *(url for _, url in verbs_of(one))]
        for address in addresses:
            response = Client().get(address)
            assert response.status_code == 302, address
            assert response["Location"].startswith("/backoffice/login/"), address

    def test_is_closed_to_people_of_merchants(self, staff: Staff) -> None:
        response = staff("").get("/backoffice/")
        assert response.status_code == 302
        assert "/backoffice/login/" in response["Location"]

    def test_is_closed_to_former_staff(self, staff: Staff) -> None:
        client = staff("admin")
        User.objects.filter(email="admin@example.com").update(is_active=False)
        assert client.get("/backoffice/").status_code == 302


class TestSeeing:
    @pytest.mark.parametrize("role", roles.RANKS)
    def test_opens_lists_and_records_by_role(self, staff: Staff, sold: Sold, role: str) -> None:
        client = staff(role)
        for one in record_admins():
            allowed = roles.RANKS.index(role) >= roles.RANKS.index(one.view_role)
            expected = 200 if allowed else 403
            for address in (list_of(one), page_of(one)):
                assert client.get(address).status_code == expected, (role, address)

    def test_hides_what_is_closed_from_the_navigation(self, staff: Staff) -> None:
        address = reverse("admin:core_deadtask_changelist")
        assert address not in staff("viewer").get("/backoffice/find/").content.decode()
        assert address in staff("support").get("/backoffice/find/").content.decode()

    def test_tells_those_below_where_to_go(self, staff: Staff, sold: Sold) -> None:
        page = staff("viewer").get(reverse("admin:core_deadtask_changelist")).content.decode()
        assert "Your role does not open this page." in page
        assert reverse("admin:core_deadtask_changelist") not in (
            staff("viewer").get("/backoffice/").content.decode()
        )

    def test_never_offers_a_form(self, staff: Staff, sold: Sold) -> None:
        client = staff("admin")
        for one in record_admins():
            assert client.get(f"{list_of(one)}add/").status_code == 403
            assert client.post(page_of(one), FORM).status_code == 403
            address = page_of(one).replace("/change/", "/delete/")
            assert client.post(address, {"post": "yes"}).status_code == 403


class TestActing:
    def test_refuses_every_verb_below_its_role(self, staff: Staff, sold: Sold) -> None:
        before = Event.objects.count()
        for one in record_admins():
            for role, address in verbs_of(one):
                for lower in roles.RANKS[: roles.RANKS.index(role)]:
                    response = staff(lower).post(address, FORM)
                    assert response.status_code == 403, (lower, address)
                    assert staff(lower).get(address).status_code == 403, (lower, address)
        assert Event.objects.count() == before

    def test_lets_no_viewer_do_anything(self) -> None:
        for one in record_admins():
            for made in [*one._get_base_actions_detail(), *one._get_base_actions_list()]:
                assert made.method.allowed_permissions[0] in roles.RANKS[1:], made.action_name

    def test_does_nothing_on_a_get(self, staff: Staff, sold: Sold) -> None:
        before = Event.objects.count()
        for one in record_admins():
            for _, address in verbs_of(one):
                page = staff("admin").get(address)
                is_dialog = b'id="dialog-form"' in page.content
                assert is_dialog or page.status_code == 404, address
        assert Event.objects.count() == before

    def test_wants_a_reason(self, staff: Staff, sold: Sold) -> None:
        before = Event.objects.count()
        for one in record_admins():
            for _, address in verbs_of(one):
                response = staff("admin").post(address, {"_form_submitted": "on", "reason": ""})
                is_refused = b"This field is required." in response.content
                assert is_refused or response.status_code == 404, address
        assert Event.objects.count() == before


class TestProbing:
    @pytest.mark.parametrize(
        ("name", "query"),
        [
            ("accounts_user", "password__startswith=pbkdf2"),
            ("organizations_accesstoken", "token_hash__startswith=a"),
            ("checkouts_checkout", "client_secret__startswith=polar"),
            ("payments_payment", "customer__organization__access_tokens__token_hash=a"),
        ],
    )
    def test_of_hidden_columns_is_refused(
        self, staff: Staff, sold: Sold, name: str, query: str
    ) -> None:
        response = staff("admin").get(reverse(f"admin:{name}_changelist") + f"?{query}")
        assert response.status_code == 400


class TestOwnPassword:
    def test_changes_as_an_event_and_keeps_the_session(self, staff: Staff) -> None:
        client = staff("viewer")
        form = {
            "old_password": "a long password",
            "new_password1": "quite another password",
            "new_password2": "quite another password",
        }
        assert client.post(reverse("admin:password_change"), form).status_code == 302
        assert client.get("/backoffice/").status_code == 200
        assert Client().login(username="viewer@example.com", password="quite another password")
        event = Event.objects.get(type="user.password_set")
        assert (event.actor, event.actor_label) == ("staff", "viewer@example.com")
