"""A file comes in, and staff decides about it."""

from __future__ import annotations

from hashlib import sha256
from typing import IO, Any, Final
from uuid import UUID

from django.core.files.base import File
from django.db import transaction

from apps.core.errors import ValidationFailed
from apps.core.jobs import enqueue
from apps.core.origin import Origin
from apps.core.plans import Change, Plan, counted
from apps.events.operations import record
from apps.license_keys.locks import lock_import
from apps.license_keys.models import LicenseKeyImport
from apps.license_keys.states import IMPORT
from apps.organizations.models import Organization

ENDINGS: Final = (".csv", ".xlsx")
MAX_BYTES: Final = 100 * 1024 * 1024
CHUNK: Final = 1024 * 1024
CHECK: Final = "license_keys.check_import"
APPLY: Final = "license_keys.apply_import"


@transaction.atomic
def receive_import(
    *, organization: Organization, name: str, content: IO[bytes], origin: Origin
) -> LicenseKeyImport:
    """
    Keep a file of keys and have it checked; nothing is taken over yet.

    Each call keeps another one. Records `license_key_import.received`.

    :raises ValidationFailed: if its name does not say CSV or XLSX, or it is larger than 100 MB.
    """
    checksum, size = sha256(), 0
    while chunk := content.read(CHUNK):
        checksum.update(chunk)
        size += len(chunk)
    if not name.lower().endswith(ENDINGS):
        raise ValidationFailed.at("file", msg="The file must be a .csv or an .xlsx.", value=name)
    if size > MAX_BYTES:
        raise ValidationFailed.at("file", msg="The file is larger than 100 MB.", value=size)
    content.seek(0)
    row = LicenseKeyImport(
        created_at=origin.at,
        organization=organization,
        name=name[-255:],
        checksum=checksum.hexdigest(),
    )
    row.content.save(f"{row.pk}{name[name.rfind('.') :].lower()}", File(content), save=False)
    row.save()
    _tell(row, "received", origin, checksum=row.checksum, size=size)
    enqueue(CHECK, import_id=str(row.pk))
    return row


@transaction.atomic
def recheck_import(*, import_id: UUID, origin: Origin) -> LicenseKeyImport:
    """
    Have a file checked again, after a benefit was linked or a key freed.

    :raises InvalidTransition: if it is applied or discarded.
    """
    row = lock_import(import_id)
    _move(row, LicenseKeyImport.Status.CHECKING, origin)
    enqueue(CHECK, import_id=str(row.pk))
    return row


def plan_import(*, row: LicenseKeyImport, origin: Origin) -> Plan:
    """What `apply_import` would do."""
    return _plan(row)


@transaction.atomic
def apply_import(*, import_id: UUID, agreed: str | None = None, origin: Origin) -> LicenseKeyImport:
    """
    Have a checked file taken over: all of its rows, or none.

    A job does it after the commit. `agreed` is the fingerprint of the plan that staff saw. Records
    `license_key_import.agreed`.

    :raises InvalidTransition: if it is not checked, or has problems.
    :raises PlanChanged: if something else would follow by now.
    """
    row = lock_import(import_id)
    IMPORT.require(row.status, LicenseKeyImport.Status.APPLYING)
    _plan(row).require(agreed)
    _move(row, LicenseKeyImport.Status.APPLYING, origin)
    _tell(row, "agreed", origin, row_count=row.row_count)
    enqueue(APPLY, import_id=str(row.pk))
    return row


@transaction.atomic
def discard_import(*, import_id: UUID, origin: Origin) -> LicenseKeyImport:
    """
    Forget what a file says; only that it was there is kept. Records `license_key_import.discarded`.

    :raises InvalidTransition: if it is being checked, or applied.
    """
    row = lock_import(import_id)
    _move(row, LicenseKeyImport.Status.DISCARDED, origin)
    row.rows.all().delete()
    row.problems.all().delete()
    _tell(row, "discarded", origin)
    content = row.content
    transaction.on_commit(lambda: content.storage.delete(str(content.name)))
    return row


def _plan(row: LicenseKeyImport) -> Plan:
    new = row.row_count - row.known_count
    effects = [
        "Each new key comes with a paid order of nothing, and the grant of its benefit.",
        "Nobody is written to.",
    ]
    if row.customer_count:
        effects.append(f"{counted(row.customer_count, 'customer')} are made.")
    if row.known_count:
        effects.append(f"{counted(row.known_count, 'key')} are there already and stay.")
    obstacles = []
    if row.status != LicenseKeyImport.Status.CHECKED:
        obstacles.append(f"The file is {row.status}: it has to be checked without a problem.")
    elif not new:
        obstacles.append("Every key is there already.")
    return Plan(
        title=f"{row.name} is imported for {row.organization}",
        changes=(Change("Licence keys", "", f"{new} more"),),
        effects=tuple(effects),
        obstacles=tuple(obstacles),
        events=("license_key_import.agreed", "license_key_import.applied"),
    )


def _move(row: LicenseKeyImport, to: str, origin: Origin) -> None:
    IMPORT.require(row.status, to)
    row.status, row.modified_at = to, origin.at
    row.save(update_fields=["status", "modified_at"])


def _tell(row: LicenseKeyImport, what: str, origin: Origin, **payload: Any) -> None:
    record(
        f"license_key_import.{what}",
        subject=row,
        organization_id=row.organization_id,
        origin=origin,
        payload=payload,
    )
