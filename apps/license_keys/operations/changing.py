"""A key gets another status, other limits, another text: by its merchant, its buyer or staff."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction

from apps.benefits.models import BenefitGrant
from apps.core.changes import assign
from apps.core.origin import Origin
from apps.core.plans import Plan
from apps.events.operations import record
from apps.license_keys.errors import KeyTaken, RotateNotPermitted
from apps.license_keys.keys import display_key, new_key
from apps.license_keys.locks import lock_license_key, lock_license_key_and_grant
from apps.license_keys.models import LicenseKey
from apps.license_keys.operations.granting import move_status
from apps.license_keys.operations.planning import rotation_plan, update_plan
from apps.license_keys.states import LICENSE_KEY, ROTATABLE
from apps.license_keys.terms import terms_of

TERMS: Final = ("limit_activations", "limit_usage", "expires_at")


def plan_license_key_update(*, key: LicenseKey, changes: Mapping[str, Any], origin: Origin) -> Plan:
    """What `update_license_key` would do."""
    return update_plan(key, changes)


@transaction.atomic
def update_license_key(
    *,
    license_key_id: UUID,
    changes: Mapping[str, Any],
    agreed: str | None = None,
    origin: Origin,
) -> LicenseKey:
    """
    Change `status`, `usage`, `limit_activations`, `limit_usage` or `expires_at`, and no others.

    A limit that is set here is the key's own from then on: edits of the benefit leave it. The grant
    follows the status from the outbox: it is taken back with a key that is revoked, and given again
    otherwise. The same change again does nothing. `agreed` is the fingerprint of the plan that
    staff saw. Records `license_key.updated`, and the new status.

    :raises ResourceNotFound: if there is no such key.
    :raises PlanImpossible: if nothing would change, and staff was shown that.
    :raises PlanChanged: if something else would follow by now.
    """
    key = lock_license_key(license_key_id)
    if agreed is not None:
        update_plan(key, changes).require(agreed)
    values = dict(changes)
    status = values.pop("status", None) or key.status
    done = assign(key, values)
    if done:
        own = sorted({*key.own_terms, *(name for name in done if name in TERMS)})
        key.own_terms, key.modified_at = own, origin.at
        key.save(update_fields=[*done, "own_terms", "modified_at"])
        _tell("license_key.updated", key, origin, done)
    if status != key.status:
        LICENSE_KEY.require(key.status, status)
        move_status(key, status, origin, is_by_hand=True)
    return key


def plan_license_key_rotation(*, key: LicenseKey, origin: Origin) -> Plan:
    """What `rotate_license_key` would do."""
    return rotation_plan(key)


@transaction.atomic
def rotate_license_key(
    *, license_key_id: UUID, agreed: str | None = None, origin: Origin
) -> LicenseKey:
    """
    Give a key another text under its benefit's prefix; the old one stops at once.

    Status, counts, limits and activations stay. Each call makes another one. `agreed` is the
    fingerprint of the plan that staff saw. Records `license_key.rotated`.

    :raises ResourceNotFound: if there is no such key.
    :raises RotateNotPermitted: if it is revoked.
    :raises PlanChanged: if something else would follow by now.
    """
    key = lock_license_key_and_grant(license_key_id)
    if key.status not in ROTATABLE:
        raise RotateNotPermitted
    rotation_plan(key).require(agreed)
    before, key.key = key.display_key, new_key(terms_of(key.benefit.properties).prefix)
    key.modified_at = origin.at
    try:
        with transaction.atomic():
            key.save(update_fields=["key", "modified_at"])
    except IntegrityError:
        raise KeyTaken from None
    _show_on_grant(key)
    # The text itself is nobody's business who reads events.
    _tell("license_key.rotated", key, origin, {"display_key": (before, display_key(key.key))})
    return key


def _show_on_grant(key: LicenseKey) -> None:
    if key.grant is None:
        return
    properties = {**key.grant.properties, "display_key": key.display_key}
    # A key that came with an import is not to come back.
    properties.pop("user_provided_key", None)
    BenefitGrant.objects.filter(pk=key.grant.pk).update(properties=properties)


def _tell(
    name: str, key: LicenseKey, origin: Origin, changes: Mapping[str, tuple[Any, Any]]
) -> None:
    record(
        name,
        subject=key,
        organization_id=key.organization_id,
        origin=origin,
        changes=changes,
    )
