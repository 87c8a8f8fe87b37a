"""How a licence key is shown in lists."""

from __future__ import annotations

from django.utils.safestring import SafeString

from apps.core.clock import system_time
from apps.core.staff import columns, show
from apps.license_keys.models import LicenseKey
from apps.license_keys.rules import is_expired

TONES = {"granted": "good", "disabled": "warn", "revoked": "bad"}


def state(key: LicenseKey) -> SafeString:
    """The status, or that it has expired."""
    now = system_time() + key.organization.clock_offset
    if key.status == LicenseKey.Status.GRANTED and is_expired(key, now):
        return show.badge("expired", "plain")
    return show.badge(key.status, TONES[key.status])


def usage(key: LicenseKey) -> str:
    """How often it was used, and may be."""
    return f"{key.usage:,} of {key.limit_usage:,}" if key.limit_usage else f"{key.usage:,}"


KEY = columns.column(lambda key: key.display_key, "Key", kind="code")
STATE = columns.column(state, "State", order="status", kind="status")
USAGE = columns.column(usage, "Used", order="usage", kind="amount")
VALIDATIONS = columns.column(
    lambda key: f"{key.validations:,}", "Validations", order="validations", kind="amount"
)
SEEN = columns.when("last_validated_at", "Last validated")
BRIEF = (KEY, STATE, columns.link("benefit"), USAGE, SEEN)
