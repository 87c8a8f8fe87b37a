"""What staff is asked before a licence key is changed."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError

from apps.core.staff import fields
from apps.core.staff.verbs import ReasonForm
from apps.license_keys.models import LicenseKey, LicenseKeyActivation


class _OfKey(ReasonForm):
    """Knows its key."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.license_key = LicenseKey.objects.filter(pk=self.object_id).first()


class ExtendForm(_OfKey):
    """Until when the key holds; `expires_at` is the moment."""

    field_order = ("until", "reason")
    until = fields.day("Up to and with", required=False, help_text="UTC. Empty: no end.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ends = self.license_key.expires_at if self.license_key else None
        self.fields["until"].initial = ends and (ends - timedelta(microseconds=1)).date()

    def clean(self) -> dict[str, Any]:
        """The first moment after the day."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        day = data.get("until")
        next_day = day and datetime.combine(day, time.min, UTC) + timedelta(days=1)
        data["expires_at"] = next_day
        ends = self.license_key.expires_at if self.license_key else None
        if next_day is not None and (ends is None or next_day < ends):
            raise ValidationError("It would end earlier than it does: disable it instead.")
        return data


class LimitsForm(_OfKey):
    """On how many devices, and how often."""

    field_order = ("limit_activations", "limit_usage", "reason")
    limit_activations = fields.whole(
        "Devices at most", required=False, min_value=1, max_value=2**31 - 1
    )
    limit_usage = fields.whole("Usage at most", required=False, min_value=1, max_value=2**31 - 1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("limit_activations", "limit_usage"):
            self.fields[name].initial = getattr(self.license_key, name, None)
        self.fields["limit_activations"].help_text = "Empty: it takes no activations."
        self.fields["limit_usage"].help_text = "Empty: as often as it likes."


class ReleaseForm(_OfKey):
    """Which device gives its place back."""

    field_order = ("activation", "reason")
    activation = fields.choice("Device")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        living = LicenseKeyActivation.objects.filter(
            license_key_id=self.object_id, deleted_at=None
        ).order_by("created_at", "id")
        field = cast(forms.ChoiceField, self.fields["activation"])
        field.choices = [(str(one.pk), _device(one)) for one in living]


def _device(activation: LicenseKeyActivation) -> str:
    seen = activation.last_seen_at
    words = f"seen {seen:%Y-%m-%d}" if seen else "never seen"
    return f"{activation.label} · {words}"
