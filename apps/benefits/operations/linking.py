"""A customer's way to a service and back, by which they link their account there."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Final

from django.core import signing
from django.db import transaction

from apps.benefits.errors import GrantNeedsNoAccount, LinkExpired, SignInNotConfigured
from apps.benefits.models import AccountLink, BenefitGrant, LinkedAccount
from apps.benefits.operations.connecting import TYPES, AccountInput, choose_account, link_account
from apps.benefits.providers import signing_in
from apps.benefits.providers.credentials import secret_of
from apps.benefits.selectors import open_link
from apps.benefits.strategies.base import ActionRequired
from apps.core.ids import new_id
from apps.core.origin import Origin
from apps.core.sealing import seal, unseal
from apps.organizations.tokens import hash_token

LIFETIME: Final = timedelta(minutes=15)
_SALT: Final = "benefits.account_link"


def begin_link(
    *, grant: BenefitGrant, return_url: str, now: datetime, origin: Origin
) -> tuple[AccountLink, str]:
    """
    A new way for the person of a grant to link the account that it goes to, and its ticket.

    The ticket is shown once, to them; it holds for `LIFETIME` from `now`, the machine's time.

    :raises GrantNeedsNoAccount: for a benefit that goes to no account.
    :raises SignInNotConfigured: if the merchant has not connected the service.
    """
    provider = next((name for name, kind in TYPES.items() if kind == grant.benefit.type), "")
    if not provider:
        raise GrantNeedsNoAccount
    _client_of(grant, provider)
    # What ran out is of no use to anybody.
    AccountLink.objects.filter(grant=grant, expires_at__lte=now).delete()
    ticket = secrets.token_urlsafe(32)
    link = AccountLink.objects.create(
        id=new_id(),
        created_at=origin.at,
        organization_id=grant.organization_id,
        grant=grant,
        provider=provider,
        ticket_hash=hash_token(ticket),
        return_url=return_url,
        expires_at=now + LIFETIME,
    )
    return link, ticket


@transaction.atomic
def send_to_service(*, ticket: str, now: datetime) -> tuple[str, str]:
    """
    Where the holder of a ticket is sent, and the state that has to come back with them.

    Beginning again makes the state before worthless.

    :raises LinkExpired: if the ticket does not hold.
    :raises SignInNotConfigured: if the merchant has disconnected the service meanwhile.
    """
    link = open_link(at=now, ticket_hash=hash_token(ticket))
    if link is None:
        raise LinkExpired
    client = _client_of(link.grant, link.provider)
    state = signing.dumps(secrets.token_urlsafe(24), salt=_SALT)
    verifier = secrets.token_urlsafe(48) if signing_in.knows_pkce(link.provider) else ""
    link.state_hash = hash_token(state)
    link.verifier = seal(verifier, place=_place(link)) if verifier else ""
    link.save(update_fields=["state_hash", "verifier"])
    address = signing_in.authorize_url(
        link.provider, client_id=client["client_id"], state=state, verifier=verifier
    )
    return address, state


def take_link(*, state: str, now: datetime) -> AccountLink:
    """
    The way that a state belongs to, used up by that: nobody comes back a second time.

    :raises LinkExpired: for a state that is not ours, was used, or has run out.
    """
    try:
        signing.loads(state, salt=_SALT, max_age=LIFETIME)
    except signing.BadSignature:
        raise LinkExpired from None
    link = open_link(at=now, state_hash=hash_token(state))
    if link is None:
        raise LinkExpired
    taken = AccountLink.objects.filter(pk=link.pk, used_at=None, state_hash=link.state_hash)
    if not taken.update(used_at=now):
        raise LinkExpired
    return link


def finish_link(*, link: AccountLink, code: str, origin: Origin) -> LinkedAccount:
    """
    The account of whoever signed in, linked; the grant goes to it, and what waited is tried again.

    Called outside a transaction: the service is asked.

    :raises Refused, Retriable: as the service answers.
    :raises SignInNotConfigured: if the merchant has disconnected it meanwhile.
    """
    grant = link.grant
    person = signing_in.sign_in(
        link.provider,
        secret=_client_of(grant, link.provider),
        code=code,
        verifier=unseal(link.verifier, place=_place(link)) if link.verifier else "",
    )
    expires_at = None
    if person.expires_in is not None:
        expires_at = origin.at + timedelta(seconds=person.expires_in)
    with transaction.atomic():
        account = link_account(
            customer=grant.customer,
            member=grant.member,
            data=AccountInput(
                provider=link.provider,
                account_id=person.account_id,
                username=person.username,
                access_token=person.access_token,
                refresh_token=person.refresh_token,
                expires_at=expires_at,
            ),
            origin=origin,
        )
        choose_account(grant_id=grant.pk, account_id=account.account_id, origin=origin)
    return account


def _client_of(grant: BenefitGrant, provider: str) -> dict[str, str]:
    """The merchant's app at the service."""
    try:
        secret = secret_of(grant.organization_id, provider)
    except ActionRequired as error:
        raise SignInNotConfigured from error
    if not secret.get("client_id") or not secret.get("client_secret"):
        raise SignInNotConfigured
    return secret


def _place(link: AccountLink) -> str:
    return f"benefits.account_link:{link.pk}"
