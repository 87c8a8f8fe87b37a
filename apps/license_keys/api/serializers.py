"""Input of the licence key endpoints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from rest_framework import serializers

from apps.api.inputs import ChoiceField, MapField, TextField, WholeField
from apps.core.metadata import validate_metadata
from apps.license_keys.keys import MAX_KEY_LENGTH
from apps.license_keys.models import LicenseKey
from apps.license_keys.operations import Activation
from apps.license_keys.rules import Validation

STATUSES = tuple(LicenseKey.Status.values)
MAX_LABEL_LENGTH = 500


class LicenseKeyUpdateInput(serializers.Serializer[Any]):
    """A change of a key; what is absent stays."""

    status = ChoiceField(choices=STATUSES, required=False, allow_null=True)
    usage = WholeField(required=False, min_value=0)
    limit_activations = WholeField(required=False, allow_null=True, min_value=1)
    limit_usage = WholeField(required=False, allow_null=True, min_value=1)
    expires_at = serializers.DateTimeField(required=False, allow_null=True)


class _ProgramInput(serializers.Serializer[Any]):
    """What every program says: its key, and whose it is."""

    key = TextField(max_length=MAX_KEY_LENGTH)
    organization_id = serializers.UUIDField()


class LicenseKeyValidateInput(_ProgramInput):
    """Does the key hold?"""

    activation_id = serializers.UUIDField(required=False, allow_null=True)
    benefit_id = serializers.UUIDField(required=False, allow_null=True)
    customer_id = serializers.UUIDField(required=False, allow_null=True)
    increment_usage = WholeField(required=False, allow_null=True, min_value=0)
    conditions = MapField(required=False)


class LicenseKeyActivateInput(_ProgramInput):
    """A device asks for a place."""

    label = TextField(max_length=MAX_LABEL_LENGTH)  # type: ignore[assignment]
    conditions = MapField(required=False)
    meta = MapField(required=False)


class LicenseKeyDeactivateInput(_ProgramInput):
    """A device gives its place back."""

    activation_id = serializers.UUIDField()


def read_validation(values: Mapping[str, Any]) -> tuple[UUID, Validation]:
    """The organization that a program names, and what it asks."""
    asked = {**values, **_maps(values, "conditions")}
    return asked.pop("organization_id"), Validation(**asked)


def read_activation(values: Mapping[str, Any]) -> tuple[UUID, Activation]:
    """The organization that a device names, and what it says of itself."""
    said = {**values, **_maps(values, "conditions", "meta")}
    return said.pop("organization_id"), Activation(**said)


def _maps(values: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {
        name: validate_metadata(values[name], loc=("body", name))
        for name in names
        if name in values
    }
