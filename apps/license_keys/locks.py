"""The row locks of licence keys."""

from __future__ import annotations

from uuid import UUID

from apps.benefits.locks import lock_grant
from apps.core.errors import ResourceNotFound
from apps.core.prepared import ID_MARK, TEXT_MARK, Prepared
from apps.license_keys.models import LicenseKey, LicenseKeyImport
from apps.license_keys.rules import NO_KEY
from apps.license_keys.selectors import BESIDE

_by_key = Prepared(
    lambda organization_id, key: (
        LicenseKey.objects.select_for_update(of=("self",), no_key=True)
        .select_related(*BESIDE)
        .filter(organization_id=organization_id, key=key)
    ),
    mark=(ID_MARK, TEXT_MARK),
)


def lock_license_key(license_key_id: UUID) -> LicenseKey:
    """
    The key with all that is shown of it, locked until the transaction ends.

    :raises ResourceNotFound: if there is none.
    """
    rows = LicenseKey.objects.select_for_update(of=("self",), no_key=True)
    found = rows.select_related(*BESIDE, "benefit").filter(pk=license_key_id).first()
    if found is None:
        raise ResourceNotFound(NO_KEY)
    return found


def lock_license_key_and_grant(license_key_id: UUID) -> LicenseKey:
    """
    The same, with its grant locked before it: the order in which work on grants takes them.

    :raises ResourceNotFound: if there is none.
    """
    rows = LicenseKey.objects.filter(pk=license_key_id, grant__isnull=False)
    grant_id = rows.values_list("grant_id", flat=True).first()
    if grant_id is not None:
        lock_grant(grant_id)
    return lock_license_key(license_key_id)


def lock_key(organization_id: UUID, key: str) -> LicenseKey:
    """
    The same by what a program names.

    :raises ResourceNotFound: if the organization has no such key.
    """
    found = _by_key.first((organization_id, key))
    if found is None:
        raise ResourceNotFound(NO_KEY)
    return found


def lock_license_key_of_grant(grant_id: UUID) -> LicenseKey | None:
    """The key that was made for a grant, locked until the transaction ends; None without one."""
    return (
        LicenseKey.objects.select_for_update(of=("self",), no_key=True)
        .filter(grant_id=grant_id)
        .first()
    )


def lock_import(import_id: UUID) -> LicenseKeyImport:
    """
    An import with its organization, locked until the transaction ends.

    :raises ResourceNotFound: if there is none.
    """
    rows = LicenseKeyImport.objects.select_for_update(of=("self",), no_key=True)
    found = rows.select_related("organization").filter(pk=import_id).first()
    if found is None:
        raise ResourceNotFound
    return found
