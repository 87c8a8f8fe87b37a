"""How organizations and customers sign in to the services that benefits reach."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from apps.benefits.errors import AccountInUse
from apps.benefits.locks import lock_grant
from apps.benefits.models import BenefitGrant, LinkedAccount, ProviderCredential
from apps.benefits.operations.planned import plan_work
from apps.benefits.providers.credentials import account_place, credential_place, sealed
from apps.core.errors import ValidationFailed
from apps.core.ids import new_id
from apps.core.origin import Origin
from apps.customers.models import Customer, Member
from apps.events.operations import record
from apps.organizations.models import Organization

# What each service needs of an organization; the first is what it signs in with.
NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    ProviderCredential.Provider.DISCORD: ("bot_token", "client_id", "client_secret"),
    ProviderCredential.Provider.GITHUB: ("token",),
}
# What their customers sign in with, where the service can do without.
OPTIONAL: Final[Mapping[str, tuple[str, ...]]] = {
    ProviderCredential.Provider.GITHUB: ("client_id", "client_secret"),
}
TYPES: Final[Mapping[str, str]] = {
    ProviderCredential.Provider.DISCORD: "discord",
    ProviderCredential.Provider.GITHUB: "github_repository",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountInput:
    """A customer's account at a service, as its sign-in told of it."""

    provider: str
    account_id: str
    username: str
    access_token: str = ""
    refresh_token: str = ""
    expires_at: datetime | None = None


@transaction.atomic
def set_provider_credential(
    *, organization: Organization, provider: str, values: Mapping[str, str], origin: Origin
) -> ProviderCredential:
    """
    The organization's way in to a service, replaced; what waited for it is tried again.

    :raises ValidationFailed: if something is missing.
    """
    for name in NEEDED.get(provider, ()):
        if not values.get(name):
            raise ValidationFailed.at("body", name, msg="This is needed.", kind="missing")
    row = ProviderCredential.objects.filter(organization=organization, provider=provider).first()
    if row is None:
        row = ProviderCredential(
            id=new_id(), created_at=origin.at, organization=organization, provider=provider
        )
    kept = {name: values[name] for name in NEEDED[provider]}
    kept |= {name: values[name] for name in OPTIONAL.get(provider, ()) if values.get(name)}
    row.secret = sealed(kept, place=credential_place(row))
    row.hint = kept[NEEDED[provider][0]][-4:]
    row.modified_at = origin.at
    row.save()
    record(
        "provider_credential.set",
        subject=row,
        organization_id=organization.pk,
        origin=origin,
        payload={"provider": provider},
    )
    _try_failed_again({"organization": organization}, provider, origin)
    return row


@transaction.atomic
def link_account(
    *, customer: Customer, member: Member | None = None, data: AccountInput, origin: Origin
) -> LinkedAccount:
    """The account, linked to a customer (or a member); what waited for it is tried again."""
    row = LinkedAccount.objects.filter(
        customer=customer, member=member, provider=data.provider, account_id=data.account_id
    ).first()
    if row is None:
        row = LinkedAccount(
            id=new_id(),
            created_at=origin.at,
            organization_id=customer.organization_id,
            customer=customer,
            member=member,
            provider=data.provider,
            account_id=data.account_id,
        )
    tokens = {"access_token": data.access_token, "refresh_token": data.refresh_token}
    row.username, row.expires_at = data.username, data.expires_at
    row.secret = sealed(tokens, place=account_place(row))
    row.modified_at = origin.at
    row.save()
    record(
        "linked_account.linked",
        subject=row,
        organization_id=customer.organization_id,
        origin=origin,
        payload={"provider": data.provider, "customer_id": str(customer.pk)},
    )
    _try_failed_again({"customer": customer, "member": member}, data.provider, origin)
    return row


@transaction.atomic
def unlink_account(*, account: LinkedAccount, origin: Origin) -> None:
    """
    Delete a linked account with its tokens.

    :raises AccountInUse: while a grant to its owner stands on it.
    """
    standing = BenefitGrant.objects.filter(
        Q(member_id=account.member_id),
        customer_id=account.customer_id,
        benefit__type=TYPES[account.provider],
        granted_at__isnull=False,
        properties__granted_account_id=account.account_id,
    )
    if standing.exists():
        raise AccountInUse
    record(
        "linked_account.unlinked",
        subject=account,
        organization_id=account.organization_id,
        origin=origin,
        payload={"provider": account.provider, "customer_id": str(account.customer_id)},
    )
    account.delete()


@transaction.atomic
def forget_accounts(*, customer_id: UUID, origin: Origin) -> int:
    """
    Delete the accounts that a customer has linked, tokens and names with them; returns how many.

    What they were granted keeps the account's id, by which it is taken back.
    """
    return LinkedAccount.objects.filter(customer_id=customer_id).delete()[0]


@transaction.atomic
def choose_account(*, grant_id: UUID, account_id: str, origin: Origin) -> BenefitGrant:
    """
    The grant, to go to this one of the customer's linked accounts; moved there by a worker.

    :raises ValidationFailed: if they have not linked it.
    """
    grant = lock_grant(grant_id)
    provider = next((name for name, kind in TYPES.items() if kind == grant.benefit.type), "")
    known = LinkedAccount.objects.filter(
        Q(member_id=grant.member_id),
        customer_id=grant.customer_id,
        provider=provider,
        account_id=account_id,
    )
    if not known.exists():
        raise ValidationFailed.at(
            "body",
            "properties",
            "account_id",
            msg="This account is not linked.",
            value=account_id,
        )
    if grant.properties.get("account_id") == account_id and grant.error is None:
        return grant
    grant.properties = {**grant.properties, "account_id": account_id}
    _try_again(grant, origin, "properties")
    return grant


def _try_failed_again(whose: Mapping[str, object], provider: str, origin: Origin) -> None:
    failed = BenefitGrant.objects.filter(
        **whose, benefit__type=TYPES[provider], error__isnull=False, is_wanted=True
    )
    for grant_id in failed.order_by("id").values_list("pk", flat=True):
        grant = lock_grant(grant_id)
        if grant.error is not None:
            _try_again(grant, origin)


def _try_again(grant: BenefitGrant, origin: Origin, *fields: str) -> None:
    grant.error, grant.attempt_count, grant.is_outdated = None, 0, grant.is_granted
    plan_work(grant, origin, "error", "attempt_count", "is_outdated", *fields)
