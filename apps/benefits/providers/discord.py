"""Discord: members of a server and their roles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings

from apps.benefits.providers.http import Service

NOT_FOUND: Final = 404
CREATED: Final = 201


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a sign-in at Discord yields; `expires_in` in seconds."""

    access_token: str
    refresh_token: str
    expires_in: int


def as_bot(token: str) -> Service:
    """Discord as the organization's bot."""
    return Service(
        name="Discord", url=settings.DISCORD_API_URL, headers={"Authorization": f"Bot {token}"}
    )


def add_with_role(bot: Service, *, guild: str, user: str, role: str, access_token: str) -> None:
    """Have a user in the server with the role, whether or not they are there already."""
    member = f"/guilds/{guild}/members/{user}"
    answer = bot.ask("PUT", member, json={"access_token": access_token, "roles": [role]})
    if answer.status_code != CREATED:
        # Nothing is told of a member's roles by that: give it to them.
        bot.ask("PUT", f"{member}/roles/{role}")


def take_role(bot: Service, *, guild: str, user: str, role: str) -> None:
    """Take the role from a member; who has left has none."""
    bot.ask("DELETE", f"/guilds/{guild}/members/{user}/roles/{role}", allowed=(NOT_FOUND,))


def kick(bot: Service, *, guild: str, user: str) -> None:
    """Have a user out of the server."""
    bot.ask("DELETE", f"/guilds/{guild}/members/{user}", allowed=(NOT_FOUND,))


def refresh(*, client_id: str, client_secret: str, refresh_token: str) -> Tokens:
    """New tokens for old; the old ones hold no more."""
    service = Service(name="Discord", url=settings.DISCORD_API_URL, headers={})
    answer: dict[str, Any] = service.ask(
        "POST",
        "/oauth2/token",
        data={
            "grant_type": "refresh_token",
            "refresh_token": refresh_token,
            "client_id": client_id,
            "client_secret": client_secret,
        },
    ).json()
    return Tokens(answer["access_token"], answer["refresh_token"], int(answer["expires_in"]))
