"""Access to a GitHub repository."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from apps.benefits.models import ProviderCredential
from apps.benefits.providers import github
from apps.benefits.providers.credentials import account_for, secret_of
from apps.benefits.providers.http import Service
from apps.benefits.strategies import cleaning
from apps.benefits.strategies.base import Properties, Strategy, Work
from apps.organizations.models import Organization

PROVIDER = ProviderCredential.Provider.GITHUB
PERMISSIONS: Final = ("pull", "triage", "push", "maintain", "admin")
_NAME = re.compile(r"[A-Za-z0-9._-]+\Z")
_PLACE: Final = ("repository_owner", "repository_name")


class GitHubStrategy(Strategy):
    """The customer is invited to the repository under their own account."""

    type = "github_repository"
    label = "GitHub repository"
    calls_out = True

    def clean(
        self,
        organization: Organization,
        given: Mapping[str, Any],
        before: Mapping[str, Any] | None = None,
    ) -> Properties:
        """`repository_owner`, `repository_name`, and the `permission` that is given."""
        return {
            "repository_owner": _name(given, "repository_owner"),
            "repository_name": _name(given, "repository_name"),
            "permission": cleaning.one_of(given, "permission", PERMISSIONS),
        }

    def grant(self, work: Work) -> Properties:
        """Invite them; who was invited to another repository before is taken from there."""
        stored = work.benefit.properties
        service = github.as_token(secret_of(work.grant.organization_id, PROVIDER).get("token", ""))
        account = account_for(work, PROVIDER).row.account_id
        owner, name = stored["repository_owner"], stored["repository_name"]
        had = work.properties
        before = had.get("granted_account_id")
        if before and (before, *(had[key] for key in _PLACE)) != (account, owner, name):
            _remove(service, had)
        github.require_of_organization(service, owner=owner, name=name)
        login = github.login_of(service, account)
        github.invite(service, owner=owner, name=name, login=login, permission=stored["permission"])
        return {**had, **stored, "account_id": account, "granted_account_id": account}

    def revoke(self, work: Work) -> Properties:
        """Take back the invitation or the access; the account is remembered."""
        if not work.properties.get("granted_account_id"):
            return work.properties
        secret = secret_of(work.grant.organization_id, PROVIDER)
        _remove(github.as_token(secret.get("token", "")), work.properties)
        return {**work.properties, "granted_account_id": None}

    def needs_update(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
        """If it is another repository, or another permission."""
        return dict(before) != dict(after)


def _remove(service: Service, had: Mapping[str, Any]) -> None:
    github.remove(
        service,
        owner=had["repository_owner"],
        name=had["repository_name"],
        login=github.login_of(service, had["granted_account_id"]),
    )


def _name(given: Mapping[str, Any], name: str) -> str:
    value = cleaning.text(given, name, longest=100)
    if not _NAME.match(value):
        raise cleaning.wrong(name, "This is no name of GitHub's.", value)
    return value
