"""The table of permissions is whole, true, and what the documentation says."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from apps.backoffice import permissions
from apps.backoffice.management.commands.list_permissions import PLACE
from apps.core.staff import roles

Staff = Callable[[str], Client]
FILLERS = {
    "uuid": lambda: str(uuid4()),
    "int": lambda: "1",
    "str": lambda: "csv",
    "slug": lambda: "uncategorized_text",
    "path": lambda: "1",
}


def address_of(route: str) -> str:
    """An address of the route; of nothing that exists."""
    if route.startswith("^"):
        return "/backoffice/orders/"
    return "/backoffice/" + re.sub(r"<(\w+):\w+>", lambda found: FILLERS[found[1]](), route)


class TestTheTable:
    def test_names_every_address(self) -> None:
        named = {*permissions.OTHERS, *permissions.OPEN, *permissions.CLOSED}
        assert {name for name, _ in permissions.addresses()} == named

    def test_is_in_the_documentation(self) -> None:
        call_command("list_permissions", check=True)
        text = PLACE.read_text()
        for one in permissions.record_admins():
            for verb in permissions.verbs_of(one):
                assert f"| {verb.short_description} |" in text

    def test_is_missed_when_it_is_old(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(permissions.OTHERS, "find", (roles.ADMIN, "Search"))
        with pytest.raises(CommandError, match="out of date"):
            call_command("list_permissions", check=True)


class TestEveryOtherAddress:
    def test_sends_strangers_to_the_login(self, db: None) -> None:
        for name, route in permissions.addresses():
            if name in permissions.OTHERS:
                for send in (Client().get, Client().post):
                    response = send(address_of(route))
                    assert response.status_code == 302, route
                    assert response["Location"].startswith("/backoffice/login/"), route

    @pytest.mark.parametrize("held", roles.RANKS)
    def test_opens_to_its_role(self, staff: Staff, held: str) -> None:
        client = staff(held)
        for name, route in permissions.addresses():
            if name in permissions.CLOSED:
                assert client.get(address_of(route)).status_code == 403
            if name not in permissions.OTHERS:
                continue
            reaches = roles.RANKS.index(held) >= roles.RANKS.index(permissions.OTHERS[name][0])
            answers = {send(address_of(route)).status_code for send in (client.get, client.post)}
            if reaches:
                # Reached: it did something, found nothing, or wants another method or more.
                assert 403 not in answers, (held, route, answers)
            else:
                assert answers <= {403, 405} and 403 in answers, (held, route, answers)
