"""Organization access tokens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from apps.core.credentials import is_well_formed, new_credential
from apps.core.errors import ResourceNotFound, ValidationFailed
from apps.core.origin import Origin
from apps.core.plans import Change, Plan
from apps.events.operations import record
from apps.organizations.locks import lock_access_token, lock_organization
from apps.organizations.models import AccessToken
from apps.organizations.scopes import GRANTABLE_SCOPES
from apps.organizations.selectors import find_access_token
from apps.organizations.tokens import ORGANIZATION_PREFIX, hash_token

# A token in steady use writes its row this often, not at every request.
USE_RECORDED_EVERY = timedelta(minutes=1)


@transaction.atomic
def issue_access_token(
    *,
    organization_id: UUID,
    comment: str,
    scopes: Sequence[str],
    expires_at: datetime | None = None,
    origin: Origin,
) -> tuple[AccessToken, str]:
    """
    A new token and its plaintext, which nothing keeps: whoever calls shows it once.

    :raises ValidationFailed: for an unknown scope, or an end in the past.
    """
    organization = lock_organization(organization_id)
    _require_known(scopes)
    if expires_at is not None and expires_at <= origin.at:
        raise ValidationFailed.at("body", "expires_at", msg="The token would have expired already.")
    plaintext = new_credential(ORGANIZATION_PREFIX)
    token = AccessToken.objects.create(
        organization=organization,
        comment=comment,
        token_hash=hash_token(plaintext),
        hint=plaintext[-4:],
        scopes=sorted(set(scopes)),
        expires_at=expires_at,
        created_at=origin.at,
    )
    record(
        "access_token.issued",
        subject=token,
        organization_id=organization.pk,
        origin=origin,
        payload={"comment": comment, "scopes": token.scopes},
    )
    return token, plaintext


@transaction.atomic
def update_access_token(
    *,
    token_id: UUID,
    comment: str | None = None,
    scopes: Sequence[str] | None = None,
    origin: Origin,
) -> AccessToken:
    """
    The token with another comment, or other scopes; None leaves what there is.

    :raises ResourceNotFound: if there is none, or it was revoked.
    :raises ValidationFailed: for an unknown scope.
    """
    token = lock_access_token(token_id)
    if token.revoked_at is not None:
        raise ResourceNotFound
    before = {"comment": token.comment, "scopes": token.scopes}
    if scopes is not None:
        _require_known(scopes)
        token.scopes = sorted(set(scopes))
    if comment is not None:
        token.comment = comment
    after = {"comment": token.comment, "scopes": token.scopes}
    changes = {name: (before[name], after[name]) for name in before if before[name] != after[name]}
    if changes:
        token.modified_at = origin.at
        token.save(update_fields=["comment", "scopes", "modified_at"])
        record(
            "access_token.updated",
            subject=token,
            organization_id=token.organization_id,
            changes=changes,
            origin=origin,
        )
    return token


def plan_rotate_access_token(*, token_id: UUID, origin: Origin) -> Plan:
    """
    What ends with the token, and what takes its place.

    :raises ResourceNotFound: if there is none.
    """
    return _rotation_plan(find_access_token(token_id))


@transaction.atomic
def rotate_access_token(
    *, token_id: UUID, agreed: str | None = None, origin: Origin
) -> tuple[AccessToken, str]:
    """
    Another token in the place of this one, which is worth nothing from now on, and its plaintext.

    :raises ResourceNotFound: if there is none, or it was revoked.
    :raises PlanChanged: if another plan was agreed to.
    :raises ValidationFailed: if it has expired.
    """
    token = lock_access_token(token_id)
    if token.revoked_at is not None:
        raise ResourceNotFound
    _rotation_plan(token).require(agreed)
    revoke_access_token(token_id=token_id, origin=origin)
    return issue_access_token(
        organization_id=token.organization_id,
        comment=token.comment,
        scopes=token.scopes,
        expires_at=token.expires_at,
        origin=origin,
    )


@transaction.atomic
def revoke_leaked_token(*, plaintext: str, kind: str, url: str, origin: Origin) -> bool:
    """
    Make a token worthless that somebody found in public; False if it is none of ours.

    `url` is where it was found, `kind` what sort of place that is. The second time, or for one that
    no longer held, it is still ours, and nothing changes.
    """
    if not is_well_formed(plaintext, ORGANIZATION_PREFIX):
        return False
    found = AccessToken.objects.filter(token_hash=hash_token(plaintext)).first()
    if found is None:
        return False
    if lock_access_token(found.pk).revoked_at is not None:
        return True
    token = revoke_access_token(token_id=found.pk, origin=origin)
    record(
        "access_token.leaked",
        subject=token,
        organization_id=token.organization_id,
        payload={"comment": token.comment, "hint": token.hint, "kind": kind, "url": url},
        origin=origin,
    )
    return True


def plan_revoke_access_token(*, token_id: UUID, origin: Origin) -> Plan:
    """
    What ends with the token.

    :raises ResourceNotFound: if there is none.
    """
    return _revocation_plan(find_access_token(token_id))


@transaction.atomic
def revoke_access_token(
    *, token_id: UUID, agreed: str | None = None, origin: Origin
) -> AccessToken:
    """
    The token, worth nothing from now on. The second time changes nothing.

    `agreed` is the fingerprint of the plan that was shown, if one was.

    :raises ResourceNotFound: if there is none.
    :raises PlanChanged: if another plan was agreed to.
    """
    token = lock_access_token(token_id)
    _revocation_plan(token).require(agreed)
    if token.revoked_at is None:
        token.revoked_at = origin.at
        token.modified_at = origin.at
        token.save(update_fields=["revoked_at", "modified_at"])
        record(
            "access_token.revoked",
            subject=token,
            organization_id=token.organization_id,
            origin=origin,
        )
    return token


def touch_access_token(*, token: AccessToken, at: datetime) -> None:
    """Note that the token was used at `at` (machine time), at most once a minute."""
    if token.last_used_at is not None and at - token.last_used_at < USE_RECORDED_EVERY:
        return
    due = Q(last_used_at=None) | Q(last_used_at__lte=at - USE_RECORDED_EVERY)
    AccessToken.objects.filter(due, pk=token.pk).update(last_used_at=at)


def _require_known(scopes: Sequence[str]) -> None:
    unknown = sorted(set(scopes) - set(GRANTABLE_SCOPES))
    if unknown:
        raise ValidationFailed.at(
            "body", "scopes", msg=f"Unknown scopes: {' '.join(unknown)}.", value=list(scopes)
        )


def _rotation_plan(token: AccessToken) -> Plan:
    revocation = _revocation_plan(token)
    return Plan(
        title=f"{token.comment} (ends in {token.hint}) is replaced",
        changes=revocation.changes,
        effects=(
            *revocation.effects,
            "A new token with the same comment, scopes and expiry is shown once.",
        ),
        warnings=revocation.warnings,
        notes=revocation.notes,
    )


def _revocation_plan(token: AccessToken) -> Plan:
    title = f"{token.comment} (ends in {token.hint}) is revoked"
    if token.revoked_at is not None:
        return Plan(title=title)
    used = token.last_used_at
    return Plan(
        title=title,
        changes=(Change("Access token", "valid", "revoked"),),
        effects=("Requests with this token are refused from now on.",),
        warnings=("This cannot be undone.",),
        notes=(f"Last used {used:%Y-%m-%d %H:%M} UTC." if used else "It was never used.",),
    )
