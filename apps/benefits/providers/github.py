"""GitHub: collaborators of a repository, and their invitations."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings

from apps.benefits.providers.http import Service
from apps.benefits.strategies.base import Refused

NOT_FOUND: Final = 404
PAGE: Final = 100
MAX_PAGES: Final = 50


def as_token(token: str) -> Service:
    """GitHub as the organization's token."""
    return Service(
        name="GitHub",
        url=settings.GITHUB_API_URL,
        headers={
            "Authorization": f"Bearer {token}",
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": "2022-11-28",
        },
    )


def login_of(github: Service, account_id: str) -> str:
    """The present user name of an account: names change, ids do not."""
    return str(github.ask("GET", f"/user/{account_id}").json()["login"])


def require_of_organization(github: Service, *, owner: str, name: str) -> None:
    """
    Pass if the repository belongs to an organization.

    :raises Refused: if it belongs to a person.
    """
    repository: dict[str, Any] = github.ask("GET", f"/repos/{owner}/{name}").json()
    if repository["owner"]["type"] != "Organization":
        raise Refused("Access can only be given to repositories of an organization.")


def invite(github: Service, *, owner: str, name: str, login: str, permission: str) -> None:
    """Invite a user, or change what a collaborator may do."""
    github.ask(
        "PUT",
        f"/repos/{owner}/{name}/collaborators/{login}",
        json={"permission": permission},
    )


def remove(github: Service, *, owner: str, name: str, login: str) -> None:
    """Take back the invitation of a user, or remove the collaborator; neither is fine."""
    repository = f"/repos/{owner}/{name}"
    for invitation in _invitations(github, repository):
        invitee = invitation.get("invitee") or {}
        if str(invitee.get("login", "")).lower() == login.lower():
            github.ask(
                "DELETE", f"{repository}/invitations/{invitation['id']}", allowed=(NOT_FOUND,)
            )
            return
    github.ask("DELETE", f"{repository}/collaborators/{login}", allowed=(NOT_FOUND,))


def _invitations(github: Service, repository: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for page in range(1, MAX_PAGES + 1):
        path = f"{repository}/invitations?per_page={PAGE}&page={page}"
        answer = github.ask("GET", path, allowed=(NOT_FOUND,))
        rows: list[dict[str, Any]] = answer.json() if answer.status_code != NOT_FOUND else []
        found += rows
        if len(rows) < PAGE:
            break
    return found
