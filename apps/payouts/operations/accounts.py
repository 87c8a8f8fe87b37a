"""Payout accounts: opened, filled in at the processor, given to organizations, closed."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from apps.core.errors import ValidationFailed
from apps.core.ids import new_id
from apps.core.money import is_currency
from apps.core.origin import Origin
from apps.core.plans import Call, Change, Plan
from apps.events.operations import record
from apps.organizations.locks import lock_organization
from apps.organizations.models import Organization
from apps.payouts import selectors
from apps.payouts.errors import NotReadyAccount, PayoutAccountInUse
from apps.payouts.locks import lock_payout_account, lock_profile
from apps.payouts.models import Payout, PayoutAccount, PayoutProfile
from apps.payouts.readiness import status_of
from apps.processors import gateway
from apps.processors.gateway import ConnectedAccount

_FACTS = (
    "country",
    "currency",
    "is_submitted",
    "is_payout_enabled",
    "is_transfer_active",
    "disabled_reason",
)
_OPEN = ("held", "pending", "in_transit")


def plan_create_payout_account(
    *, type: str, country: str, currency: str, name: str = "", email: str = "", origin: Origin
) -> Plan:
    """
    What `create_payout_account` would do, and `register_payout_account` after it.

    :raises ValidationFailed: as `create_payout_account`.
    """
    _require_possible(type, country, currency)
    holder = name or email or "somebody"
    is_manual = type != PayoutAccount.Type.STRIPE
    effects = (
        "Payouts to it are made and marked as paid by people."
        if is_manual
        else "Its holder fills it in there; until then it takes no money.",
        f"It is in {country.upper()} and has {currency.upper()}; nobody is paid out to it yet.",
    )
    call = Call("Open the account", "POST /v1/accounts")
    return Plan(
        title=f"A payout account of {holder} is opened",
        changes=(Change("Payout account", "", holder),),
        effects=effects,
        calls=() if is_manual else (call,),
        events=("payout_account.created", *(() if is_manual else ("payout_account.updated",))),
    )


@transaction.atomic
def create_payout_account(
    *,
    type: str,
    country: str,
    currency: str,
    name: str = "",
    email: str = "",
    agreed: str | None = None,
    origin: Origin,
) -> PayoutAccount:
    """
    A new payout account; one of the processor's is opened there by `register_payout_account`.

    :raises ValidationFailed: for no country or currency, or an unknown type.
    :raises PlanChanged: if another plan was agreed to.
    """
    plan_create_payout_account(
        type=type, country=country, currency=currency, name=name, email=email, origin=origin
    ).require(agreed)
    account = PayoutAccount.objects.create(
        pk=new_id(),
        created_at=origin.at,
        type=type,
        country=country.upper(),
        currency=currency.lower(),
        name=name,
        email=email,
    )
    record("payout_account.created", subject=account, organization_id=None, origin=origin)
    return account


def _require_possible(type: str, country: str, currency: str) -> None:
    if type not in PayoutAccount.Type.values:
        raise ValidationFailed.at("body", "type", msg="There is no such type.", value=type)
    if len(country) != 2 or not country.isalpha():
        raise ValidationFailed.at("body", "country", msg="Two letters.", value=country)
    if not is_currency(currency.lower()):
        raise ValidationFailed.at("body", "currency", msg="Not a currency.", value=currency)


def register_payout_account(*, account_id: UUID, origin: Origin) -> PayoutAccount:
    """
    Open the account at the processor, once; the second time only reads it.

    Called outside a transaction: the key is the account's, so a lost answer is found again.

    :raises PaymentError, ProcessorUnavailable, OutcomeUnknown: as `gateway.client.writing`.
    """
    account = PayoutAccount.objects.get(pk=account_id)
    if account.type != PayoutAccount.Type.STRIPE:
        return account
    if account.processor_id:
        facts = gateway.read_connected_account(account.processor_id)
    else:
        facts = gateway.create_connected_account(
            key=f"payout-account-{account.pk}",
            country=account.country,
            email=account.email,
            name=account.name,
            metadata={"payout_account_id": str(account.pk)},
        )
    return take_account_facts(account_id=account_id, facts=facts, origin=origin)


def onboarding_url(*, account_id: UUID, return_url: str, refresh_url: str, origin: Origin) -> str:
    """
    Where the holder gives the processor what is missing: works once, for a few minutes.

    :raises NotReadyAccount: for an account that is not the processor's.
    """
    account = register_payout_account(account_id=account_id, origin=origin)
    if not account.processor_id:
        raise NotReadyAccount("This account is not the processor's.")
    return gateway.create_onboarding_link(
        key=f"onboarding-{new_id()}",
        account_id=account.processor_id,
        refresh_url=refresh_url,
        return_url=return_url,
    )


@transaction.atomic
def take_account_facts(
    *, account_id: UUID, facts: ConnectedAccount, origin: Origin
) -> PayoutAccount:
    """Take over what the processor says of an account; nothing is told where nothing changed."""
    account = lock_payout_account(account_id)
    before = {name: getattr(account, name) for name in _FACTS} | {"status": status_of(account)}
    account.processor_id = account.processor_id or facts.id
    for name in _FACTS:
        # What the processor leaves empty is not known there yet.
        value = getattr(facts, name)
        if value != "" or name == "disabled_reason":
            setattr(account, name, value)
    account.requirements = {
        "due": list(facts.due),
        "past_due": list(facts.past_due),
        "pending": list(facts.pending),
    }
    account.refreshed_at = account.modified_at = origin.at
    account.save()
    after = {name: getattr(account, name) for name in _FACTS} | {"status": status_of(account)}
    changes = {name: (value, after[name]) for name, value in before.items() if value != after[name]}
    if changes:
        record(
            "payout_account.updated",
            subject=account,
            organization_id=None,
            origin=origin,
            changes=changes,
        )
    return account


def plan_link_payout_account(*, organization: Organization, account: PayoutAccount | None) -> Plan:
    """What `link_payout_account` would do."""
    profile = selectors.profile_of(organization.pk)
    before = profile.payout_account if profile else None
    waiting = Payout.objects.filter(
        organization=organization, status__in=("held", "pending"), transfer_status="none"
    )
    if account is not None:
        waiting = waiting.exclude(payout_account=account)
    return Plan(
        title=f"{organization} is paid out to {account or 'no account'}",
        changes=(
            Change("Payout account", str(before) if before else "", str(account or "")),
            *(Change(str(one), one.status, "canceled when its turn comes") for one in waiting),
        ),
        loosens=("All of its money goes there from now on.",)
        if account is not None and account != before
        else (),
        events=("organization.payout_account_changed",) if account != before else (),
    )


@transaction.atomic
def link_payout_account(
    *,
    organization_id: UUID,
    account_id: UUID | None,
    agreed: str | None = None,
    origin: Origin,
) -> PayoutProfile:
    """
    Pay an organization out to this account from now on, or to none.

    Payouts that wait for their transfer to another account are canceled when their turn comes.

    :raises ResourceNotFound: if there is no such account.
    :raises PlanChanged: if another plan was agreed to.
    """
    organization = lock_organization(organization_id)
    account = lock_payout_account(account_id) if account_id else None
    plan_link_payout_account(organization=organization, account=account).require(agreed)
    profile = open_profile(organization, origin)
    before = profile.payout_account_id
    if before == account_id:
        return profile
    profile.payout_account = account
    profile.modified_at = origin.at
    profile.save(update_fields=["payout_account", "modified_at"])
    record(
        "organization.payout_account_changed",
        subject=organization,
        organization_id=organization_id,
        origin=origin,
        changes={
            "payout_account_id": (
                str(before) if before else None,
                str(account_id) if account_id else None,
            )
        },
    )
    return profile


def open_profile(organization: Organization, origin: Origin) -> PayoutProfile:
    """How an organization, which is locked, is paid out; with a new row if there is none."""
    PayoutProfile.objects.get_or_create(
        organization=organization, defaults={"modified_at": origin.at}
    )
    profile = lock_profile(organization.pk)
    assert profile is not None  # noqa: S101  (just made)
    return profile


def plan_delete_payout_account(*, account: PayoutAccount) -> Plan:
    """
    What `delete_payout_account` would do.

    :raises PayoutAccountInUse: as `delete_payout_account`.
    """
    if PayoutProfile.objects.filter(payout_account=account).exists():
        raise PayoutAccountInUse("Organizations are paid out to it.")
    if Payout.objects.filter(payout_account=account, status__in=_OPEN).exists():
        raise PayoutAccountInUse("A payout is on its way to it.")
    return Plan(
        title=f"{account} is closed",
        changes=(Change(str(account), "open", "closed"),),
        effects=("Nobody can be paid out to it any more.",),
        events=("payout_account.deleted",),
    )


@transaction.atomic
def delete_payout_account(
    *, account_id: UUID, agreed: str | None = None, origin: Origin
) -> PayoutAccount:
    """
    Close a payout account for good.

    :raises PayoutAccountInUse: while an organization is paid out to it, or a payout is on its way.
    :raises PlanChanged: if another plan was agreed to.
    """
    account = lock_payout_account(account_id)
    plan_delete_payout_account(account=account).require(agreed)
    account.deleted_at = account.modified_at = origin.at
    account.save(update_fields=["deleted_at", "modified_at"])
    record("payout_account.deleted", subject=account, organization_id=None, origin=origin)
    return account
