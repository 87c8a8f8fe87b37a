"""Keys follow the grants of their benefit."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from apps.benefits.models import Benefit, BenefitGrant
from apps.core.changes import assign
from apps.core.origin import Origin
from apps.core.rows import insert_row
from apps.events.operations import record
from apps.license_keys.errors import KeyTaken
from apps.license_keys.keys import new_key
from apps.license_keys.locks import lock_license_key_of_grant
from apps.license_keys.models import LicenseKey
from apps.license_keys.terms import Terms, terms_of


@transaction.atomic
def grant_key(
    *,
    grant: BenefitGrant,
    benefit: Benefit,
    key: str | None = None,
    is_update: bool = False,
    origin: Origin,
) -> LicenseKey:
    """
    The key of a locked grant: made the first time, later the same one again.

    `key` is what it says if it is new and not to be random. One that was revoked comes back, one
    that is disabled stays so; `is_update` brings the benefit's terms to it, except those that were
    set for this key. Records `license_key.created`, `.granted`, `.updated`.

    :raises KeyTaken: if the organization has `key` already.
    """
    terms = terms_of(benefit.properties)
    found = lock_license_key_of_grant(grant.pk)
    if found is None:
        return _make(grant, benefit, terms, key, origin)
    if is_update:
        _bring_terms(found, terms, grant, origin)
    if found.status == LicenseKey.Status.REVOKED:
        move_status(found, LicenseKey.Status.GRANTED, origin)
    return found


@transaction.atomic
def revoke_key_of_grant(*, grant: BenefitGrant, origin: Origin) -> LicenseKey | None:
    """
    Take the key of a locked grant back; one that is disabled or revoked stays as it is.

    None if there never was one. Records `license_key.revoked`.
    """
    found = lock_license_key_of_grant(grant.pk)
    if found is not None and found.status == LicenseKey.Status.GRANTED:
        move_status(found, LicenseKey.Status.REVOKED, origin)
    return found


def move_status(key: LicenseKey, to: str, origin: Origin, *, is_by_hand: bool = False) -> None:
    """
    Give a locked key another status; the transition is the caller's to check.

    One that moves by hand takes its grant along (see `apps.license_keys.handlers`).
    """
    before, key.status, key.modified_at = key.status, to, origin.at
    key.save(update_fields=["status", "modified_at"])
    record(
        f"license_key.{to}",
        subject=key,
        organization_id=key.organization_id,
        origin=origin,
        changes={"status": (before, to)},
        payload={
            "grant_id": str(key.grant_id) if key.grant_id else None,
            "is_by_hand": is_by_hand,
        },
    )


def _make(
    grant: BenefitGrant, benefit: Benefit, terms: Terms, text: str | None, origin: Origin
) -> LicenseKey:
    key = LicenseKey(
        organization_id=grant.organization_id,
        customer_id=grant.customer_id,
        member_id=grant.member_id,
        benefit=benefit,
        grant=grant,
        key=text or new_key(terms.prefix),
        created_at=origin.at,
        limit_activations=terms.limit_activations,
        limit_usage=terms.limit_usage,
        expires_at=_end(terms, grant, origin.at),
    )
    try:
        with transaction.atomic():
            insert_row(key)
    except IntegrityError:
        raise KeyTaken from None
    record(
        "license_key.created",
        subject=key,
        organization_id=key.organization_id,
        origin=origin,
        payload={"benefit_id": str(benefit.pk), "customer_id": str(grant.customer_id)},
    )
    return key


def _bring_terms(key: LicenseKey, terms: Terms, grant: BenefitGrant, origin: Origin) -> None:
    wanted = {
        "limit_activations": terms.limit_activations,
        "limit_usage": terms.limit_usage,
        "expires_at": _end(terms, grant, key.created_at),
    }
    changes = assign(key, {name: wanted[name] for name in wanted if name not in key.own_terms})
    if not changes:
        return
    key.modified_at = origin.at
    key.save(update_fields=[*changes, "modified_at"])
    record(
        "license_key.updated",
        subject=key,
        organization_id=key.organization_id,
        origin=origin,
        changes=changes,
    )


def _end(terms: Terms, grant: BenefitGrant, at: datetime) -> datetime | None:
    return terms.expires_at(at=at, is_subscription=grant.subscription_id is not None)
