"""What the kinds of benefits tell, each in its own properties."""

from __future__ import annotations

from typing import Annotated, Any, Final, TypedDict

from apps.api.shapes import OneOf
from apps.benefits.strategies.github import PERMISSIONS

Permission = Annotated[str, OneOf(PERMISSIONS)]


class NotePropertiesBody(TypedDict):
    """A note."""

    note: str | None


class NoPropertiesBody(TypedDict):
    """Nothing."""


class DiscordPropertiesBody(TypedDict):
    """A role on a Discord server."""

    guild_id: str
    role_id: str
    kick_member: bool


class RepositoryPropertiesBody(TypedDict):
    """Access to a repository."""

    repository_owner: str
    repository_name: str
    permission: Permission


class FilesPropertiesBody(TypedDict):
    """Files, and which of them are given no longer."""

    archived: dict[str, bool]
    files: list[str]


class KeyExpiryBody(TypedDict):
    """How long a key holds."""

    ttl: int
    timeframe: Annotated[str, OneOf(("year", "month", "day"))]


class KeyActivationsBody(TypedDict):
    """How many devices a key holds for, and whether its customer sees them."""

    limit: int
    enable_customer_admin: bool


class KeysPropertiesBody(TypedDict):
    """The terms of licence keys."""

    prefix: str | None
    expires: KeyExpiryBody | None
    activations: KeyActivationsBody | None
    limit_usage: int | None


class CreditPropertiesBody(TypedDict):
    """Units on a meter."""

    units: int
    rollover: bool
    meter_id: str


class PublicCreditPropertiesBody(TypedDict):
    """Units on a meter, as anybody sees them."""

    units: int
    meter_id: str


class CustomerDiscordPropertiesBody(TypedDict):
    """A Discord server."""

    guild_id: str


class CustomerRepositoryPropertiesBody(TypedDict):
    """A repository."""

    repository_owner: str
    repository_name: str


class CustomerFilesPropertiesBody(TypedDict):
    """The files there are to download."""

    active_files: list[str]


class DiscordGrantBody(TypedDict, total=False):
    """Who has the role."""

    account_id: str | None
    guild_id: str | None
    role_id: str | None
    granted_account_id: str | None


class RepositoryGrantBody(TypedDict, total=False):
    """Who has the access."""

    account_id: str | None
    repository_owner: str | None
    repository_name: str | None
    permission: Permission | None
    granted_account_id: str | None


class FilesGrantBody(TypedDict, total=False):
    """The files that are granted."""

    files: list[str]


class KeyGrantBody(TypedDict, total=False):
    """The key that is granted."""

    user_provided_key: str | None
    license_key_id: str | None
    display_key: str | None


class CreditGrantBody(TypedDict, total=False):
    """What was credited last."""

    last_credited_meter_id: str
    last_credited_units: int
    last_credited_at: str


PROPERTIES: Final[dict[str, Any]] = {
    "custom": NotePropertiesBody,
    "feature_flag": NoPropertiesBody,
    "discord": DiscordPropertiesBody,
    "github_repository": RepositoryPropertiesBody,
    "downloadables": FilesPropertiesBody,
    "license_keys": KeysPropertiesBody,
    "meter_credit": CreditPropertiesBody,
}
# What customers see of them.
CUSTOMER_PROPERTIES: Final[dict[str, Any]] = {
    **PROPERTIES,
    "discord": CustomerDiscordPropertiesBody,
    "github_repository": CustomerRepositoryPropertiesBody,
    "downloadables": CustomerFilesPropertiesBody,
}
GRANT_PROPERTIES: Final[dict[str, Any]] = {
    "custom": NoPropertiesBody,
    "feature_flag": NoPropertiesBody,
    "discord": DiscordGrantBody,
    "github_repository": RepositoryGrantBody,
    "downloadables": FilesGrantBody,
    "license_keys": KeyGrantBody,
    "meter_credit": CreditGrantBody,
}
