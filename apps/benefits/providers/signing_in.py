"""How a customer signs in to a service by OAuth 2.0: where they are sent, and who came back."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings

from apps.benefits.providers.http import Service
from apps.benefits.strategies.base import Refused

CALLBACK_PATH: Final = "/linked-accounts/callback"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who signed in; `access_token` and `refresh_token` only where they are needed later."""

    account_id: str
    username: str
    access_token: str = ""
    refresh_token: str = ""
    # In seconds; None: it does not run out, or is not kept.
    expires_in: int | None = None


def callback_url() -> str:
    """Where services send customers back to; merchants enter it in their apps there."""
    return f"{settings.BASE_URL}{CALLBACK_PATH}"


def knows_pkce(provider: str) -> bool:
    """Whether the service checks a code challenge."""
    return provider == "github"


def authorize_url(provider: str, *, client_id: str, state: str, verifier: str) -> str:
    """Where a customer agrees that we learn who they are at the service."""
    asked = {
        "client_id": client_id,
        "redirect_uri": callback_url(),
        "response_type": "code",
        "state": state,
    }
    if provider == "discord":
        # Who they are, and that the bot may have them join.
        scope = {"scope": "identify guilds.join", "prompt": "consent"}
        return f"{settings.DISCORD_AUTHORIZE_URL}?{urlencode({**asked, **scope})}"
    challenge = {"code_challenge": challenge_of(verifier), "code_challenge_method": "S256"}
    return f"{settings.GITHUB_URL}/login/oauth/authorize?{urlencode({**asked, **challenge})}"


def challenge_of(verifier: str) -> str:
    """The S256 challenge of a PKCE verifier."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def sign_in(provider: str, *, secret: Mapping[str, str], code: str, verifier: str) -> Person:
    """
    Who the code stands for.

    :raises Refused: if the service does not take the code.
    :raises Retriable: if it was not reached.
    """
    asked = {
        "grant_type": "authorization_code",
        "client_id": secret["client_id"],
        "client_secret": secret["client_secret"],
        "code": code,
        "redirect_uri": callback_url(),
    }
    return _discord(asked) if provider == "discord" else _github(asked, verifier)


def _discord(asked: dict[str, str]) -> Person:
    service = Service(name="Discord", url=settings.DISCORD_API_URL, headers={})
    tokens = _body(service.ask("POST", "/oauth2/token", data=asked), "Discord")
    signed_in = Service(
        name="Discord",
        url=settings.DISCORD_API_URL,
        headers={"Authorization": f"Bearer {tokens.get('access_token', '')}"},
    )
    user = _body(signed_in.ask("GET", "/users/@me"), "Discord")
    return Person(
        account_id=_id(user, "Discord"),
        username=str(user.get("username") or user["id"])[:160],
        access_token=str(tokens.get("access_token") or ""),
        refresh_token=str(tokens.get("refresh_token") or ""),
        expires_in=int(tokens.get("expires_in") or 0),
    )


def _github(asked: dict[str, str], verifier: str) -> Person:
    service = Service(
        name="GitHub", url=settings.GITHUB_URL, headers={"Accept": "application/json"}
    )
    data = {**asked, "code_verifier": verifier}
    tokens = _body(service.ask("POST", "/login/oauth/access_token", data=data), "GitHub")
    token = tokens.get("access_token")
    if not token:
        # GitHub refuses with a 200.
        words = str(tokens.get("error_description") or tokens.get("error") or "no reason given")
        raise Refused(f"GitHub refused: {words[:200]}")
    signed_in = Service(
        name="GitHub",
        url=settings.GITHUB_API_URL,
        headers={"Authorization": f"Bearer {token}", "Accept": "application/vnd.github+json"},
    )
    user = _body(signed_in.ask("GET", "/user"), "GitHub")
    # Invitations are made by the organization's own token: theirs is not kept.
    return Person(account_id=_id(user, "GitHub"), username=str(user.get("login") or "")[:160])


def _body(response: Any, name: str) -> dict[str, Any]:
    try:
        found = response.json()
    except ValueError as error:
        raise Refused(f"{name} answered with no JSON.") from error
    if not isinstance(found, dict):
        raise Refused(f"{name} answered with something else.")
    return found


def _id(user: Mapping[str, Any], name: str) -> str:
    found = str(user.get("id") or "")
    if not 0 < len(found) <= 64:
        raise Refused(f"{name} did not say who signed in.")
    return found
