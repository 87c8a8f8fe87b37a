"""What has to follow when a licence key gets another status."""

from __future__ import annotations

from uuid import UUID

from apps.core.origin import Origin
from apps.events.models import Event
from apps.events.registry import subscribe
from apps.license_keys.models import LicenseKey
from apps.license_keys.operations import align_grant_with_key


def register() -> None:
    """Subscribe; called once, when Django is ready."""
    for status in LicenseKey.Status.values:
        subscribe(
            f"license_key.{status}", "license_keys.align_grant", align_grant, when=_is_by_hand
        )


def align_grant(event: Event, origin: Origin) -> None:
    """Somebody revoked a key or gave it back: its grant goes along."""
    align_grant_with_key(grant_id=UUID(event.payload["grant_id"]), origin=origin)


def _is_by_hand(event: Event) -> bool:
    return bool(event.payload.get("is_by_hand") and event.payload.get("grant_id"))
