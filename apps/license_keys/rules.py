"""The checks of a licence key, in the order in which they are made. No reads, no clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from apps.core.errors import NotPermitted, ResourceNotFound
from apps.license_keys.errors import BadRequest
from apps.license_keys.models import LicenseKey, LicenseKeyActivation

Conditions = Mapping[str, str | int | float | bool]

NO_KEY = "License key not found."
NO_ACTIVATION = "License key activation not found."


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """What a program asks about its key; only the key is needed."""

    key: str
    activation_id: UUID | None = None
    benefit_id: UUID | None = None
    customer_id: UUID | None = None
    increment_usage: int | None = None
    conditions: Conditions = field(default_factory=dict)


def is_expired(key: LicenseKey, at: datetime) -> bool:
    """Whether it has ended by `at`; the moment itself counts."""
    return key.expires_at is not None and at >= key.expires_at


def require_valid(
    key: LicenseKey,
    activation: LicenseKeyActivation | None,
    asked: Validation,
    at: datetime,
) -> None:
    """
    Pass if the key holds for what is asked at `at`; `activation` is the living one asked for.

    :raises ResourceNotFound: if it does not, without a word on why.
    :raises BadRequest: if it holds and more use is asked for than is left.
    """
    if key.status != LicenseKey.Status.GRANTED or is_expired(key, at):
        raise ResourceNotFound(NO_KEY)
    if asked.activation_id is not None:
        if activation is None:
            raise ResourceNotFound(NO_ACTIVATION)
        if activation.conditions and not _equal(activation.conditions, asked.conditions):
            raise ResourceNotFound(NO_KEY)
    if asked.benefit_id is not None and asked.benefit_id != key.benefit_id:
        raise ResourceNotFound(NO_KEY)
    if asked.customer_id is not None and asked.customer_id != key.customer_id:
        raise ResourceNotFound(NO_KEY)
    if asked.increment_usage and key.limit_usage is not None:
        left = key.limit_usage - key.usage
        if asked.increment_usage > left:
            raise BadRequest(f"This licence key can be used {max(left, 0)} more times.")


def require_activatable(key: LicenseKey, activations: int, at: datetime) -> None:
    """
    Pass if the key takes one more activation at `at` beside those that live.

    :raises NotPermitted: otherwise, with the reason.
    """
    if key.status != LicenseKey.Status.GRANTED:
        raise NotPermitted("This licence key is no longer active.")
    if is_expired(key, at):
        raise NotPermitted("This licence key has expired.")
    if key.limit_activations is None:
        raise NotPermitted("This licence key takes no activations: validate it without one.")
    if activations >= key.limit_activations:
        raise NotPermitted("The activation limit of this licence key is reached.")


def _equal(left: Conditions, right: Conditions) -> bool:
    """Equal as JSON, where a truth is no number."""

    def typed(values: Conditions) -> dict[str, tuple[bool, Any]]:
        return {name: (isinstance(value, bool), value) for name, value in values.items()}

    return typed(left) == typed(right)
