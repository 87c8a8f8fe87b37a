"""What the verbs of a key would do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from apps.core.plans import Change, Plan, additions, counted
from apps.license_keys.models import LicenseKey
from apps.license_keys.selectors import activation_count
from apps.license_keys.states import LICENSE_KEY

TITLES: Final = {
    "status": "Status",
    "usage": "Usage",
    "limit_activations": "Devices at most",
    "limit_usage": "Usage at most",
    "expires_at": "Expires",
}
_EFFECTS: Final = {
    LicenseKey.Status.DISABLED: (
        "Programs that ask about it are refused from now on.",
        "It stays so whatever is paid, until somebody enables it.",
    ),
    LicenseKey.Status.REVOKED: (
        "Programs that ask about it are refused from now on.",
        "The grant of the benefit is taken back.",
    ),
    LicenseKey.Status.GRANTED: (
        "Programs that ask about it are answered again.",
        "The benefit is granted where it was taken back.",
    ),
}


def update_plan(key: LicenseKey, changes: Mapping[str, Any]) -> Plan:
    """A change of status, counts, limits or expiry."""
    different = {
        name: value
        for name, value in changes.items()
        if getattr(key, name) != value and not (name == "status" and value is None)
    }
    status = different.get("status")
    effects: tuple[str, ...] = _EFFECTS.get(status, ()) if status else ()
    obstacles = () if different else ("It is so already.",)
    if status and not LICENSE_KEY.allows(key.status, status):
        obstacles = (f"A {key.status} licence key cannot become {status}.",)
    events = ["license_key.updated"] if set(different) - {"status"} else []
    if status:
        events.append(f"license_key.{status}")
    return Plan(
        title=f"Licence key {key.display_key}",
        changes=tuple(
            Change(TITLES[name], _words(getattr(key, name)), _words(value))
            for name, value in different.items()
        ),
        effects=effects,
        warnings=_devices_over(key, different),
        obstacles=obstacles,
        events=tuple(events),
    ).joined(additions("license_keys.update_license_key", key=key, changes=different))


def rotation_plan(key: LicenseKey) -> Plan:
    """A new text for a key."""
    devices = activation_count(key.pk)
    effects = [
        "The text that programs have now stops at once; they need the new one.",
        "Counts, limits, expiry and status stay.",
    ]
    if devices:
        effects.append(f"{counted(devices, 'activated device')} keep their places.")
    return Plan(
        title=f"Licence key {key.display_key} is replaced",
        changes=(Change("Key", key.display_key, "a new one"),),
        effects=tuple(effects),
        events=("license_key.rotated",),
    ).joined(additions("license_keys.rotate_license_key", key=key))


def _devices_over(key: LicenseKey, changes: Mapping[str, Any]) -> tuple[str, ...]:
    limit = changes.get("limit_activations")
    devices = activation_count(key.pk) if limit is not None else 0
    if limit is None or devices <= limit:
        return ()
    return (f"It is activated on {counted(devices, 'device')}: they stay, none is added.",)


def _words(value: Any) -> str:
    if value is None:
        return "none"
    return f"{value:%Y-%m-%d %H:%M} UTC" if isinstance(value, datetime) else str(value)
