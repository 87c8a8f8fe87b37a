"""Jobs of licence keys."""

from __future__ import annotations

from uuid import UUID

from apps.core.jobs import job
from apps.core.origin import Door, system_origin
from apps.license_keys import operations


@job("license_keys.check_import", queue="low")
def check_import(*, import_id: str, **_future: object) -> None:
    """Read a file and keep what is wrong with it."""
    operations.check_import(import_id=UUID(import_id), origin=system_origin(Door.TASK))


@job("license_keys.apply_import", queue="low")
def apply_import(*, import_id: str, **_future: object) -> None:
    """Take a file over as a whole."""
    operations.run_import(import_id=UUID(import_id), origin=system_origin(Door.TASK))
