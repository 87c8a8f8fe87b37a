"""A role in a Discord server."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from apps.benefits.models import ProviderCredential
from apps.benefits.providers import discord
from apps.benefits.providers.credentials import (
    Account,
    account_for,
    account_place,
    sealed,
    secret_of,
)
from apps.benefits.strategies import cleaning
from apps.benefits.strategies.base import Properties, Strategy, Work
from apps.organizations.models import Organization

PROVIDER = ProviderCredential.Provider.DISCORD


class DiscordStrategy(Strategy):
    """The customer joins the server by their own account, and gets the role."""

    type = "discord"
    label = "Discord role"
    calls_out = True

    def clean(
        self,
        organization: Organization,
        given: Mapping[str, Any],
        before: Mapping[str, Any] | None = None,
    ) -> Properties:
        """`guild_id`, `role_id`, and `kick_member`: whether who loses it has to leave."""
        return {
            "guild_id": _snowflake(given, "guild_id"),
            "role_id": _snowflake(given, "role_id"),
            "kick_member": cleaning.flag(given, "kick_member"),
        }

    def grant(self, work: Work) -> Properties:
        """Have the customer in the server with the role; taken from where an edit moved it."""
        stored = work.benefit.properties
        secret = secret_of(work.grant.organization_id, PROVIDER)
        bot = discord.as_bot(secret.get("bot_token", ""))
        account = _usable(account_for(work, PROVIDER), secret, work)
        user = account.row.account_id
        place = {"guild_id": stored["guild_id"], "role_id": stored["role_id"]}
        had = _granted(work.properties)
        if had and had != {**place, "account": user}:
            discord.take_role(bot, guild=had["guild_id"], user=had["account"], role=had["role_id"])
        discord.add_with_role(
            bot,
            guild=place["guild_id"],
            user=user,
            role=place["role_id"],
            access_token=account.access_token,
        )
        return {**work.properties, **place, "account_id": user, "granted_account_id": user}

    def revoke(self, work: Work) -> Properties:
        """Take the role, or the membership; the account is remembered for the next time."""
        had = _granted(work.properties)
        if not had:
            return work.properties
        bot = discord.as_bot(secret_of(work.grant.organization_id, PROVIDER).get("bot_token", ""))
        if work.benefit.properties["kick_member"]:
            discord.kick(bot, guild=had["guild_id"], user=had["account"])
        else:
            discord.take_role(bot, guild=had["guild_id"], user=had["account"], role=had["role_id"])
        return {**work.properties, "granted_account_id": None}

    def needs_update(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
        """If the server or the role is another."""
        return any(before.get(name) != after.get(name) for name in ("guild_id", "role_id"))


def _usable(account: Account, secret: Mapping[str, str], work: Work) -> Account:
    """The account with a token that holds, asked for where it has run out, and kept at once."""
    row = account.row
    if not account.is_expired(work.origin.at):
        return account
    tokens = discord.refresh(
        client_id=secret.get("client_id", ""),
        client_secret=secret.get("client_secret", ""),
        refresh_token=account.refresh_token,
    )
    values = {"access_token": tokens.access_token, "refresh_token": tokens.refresh_token}
    row.secret = sealed(values, place=account_place(row))
    row.expires_at = work.origin.at + timedelta(seconds=tokens.expires_in)
    row.save(update_fields=["secret", "expires_at"])
    return Account(row=row, **values)


def _granted(properties: Mapping[str, Any]) -> dict[str, str]:
    """Who has which role where, as granted before; empty if nobody has."""
    user = properties.get("granted_account_id")
    if not user:
        return {}
    return {
        "guild_id": properties["guild_id"],
        "role_id": properties["role_id"],
        "account": user,
    }


def _snowflake(given: Mapping[str, Any], name: str) -> str:
    value = cleaning.text(given, name, longest=20)
    if not value.isascii() or not value.isdigit():
        raise cleaning.wrong(name, "Discord's ids are numbers.", value)
    return value
