"""Keys and activations as plain dicts, in the shape of the version that is asked for."""

from __future__ import annotations

from typing import Any

from apps.customers.api.presenters import present_customer
from apps.license_keys.api.bodies import WITH_MEMBER, WITH_SOURCES
from apps.license_keys.models import LicenseKey, LicenseKeyActivation
from apps.license_keys.sources import NAMES


def present_license_key(key: LicenseKey, version: str) -> dict[str, Any]:
    """Every field of a key that merchants and its customer see."""
    body: dict[str, Any] = {
        "id": key.pk,
        "created_at": key.created_at,
        "modified_at": key.modified_at,
        "organization_id": key.organization_id,
        "customer_id": key.customer_id,
        "customer": present_customer(key.customer),
        "benefit_id": key.benefit_id,
        "key": key.key,
        "display_key": key.display_key,
        "status": key.status,
        "limit_activations": key.limit_activations,
        "usage": key.usage,
        "limit_usage": key.limit_usage,
        "validations": key.validations,
        "last_validated_at": key.last_validated_at,
        "expires_at": key.expires_at,
    }
    if version >= WITH_MEMBER:
        body |= {"member_id": key.member_id, "member": _member(key)}
    return body


def present_granted_key(key: LicenseKey, version: str) -> dict[str, Any]:
    """The key of a program in the field, with what grants it."""
    body = present_license_key(key, version)
    if version >= WITH_SOURCES:
        for name in NAMES:
            body[f"{name}_id"] = getattr(key.grant, f"{name}_id") if key.grant else None
            body[name] = getattr(key, f"source_{name}")
    return body


def present_validated_key(
    key: LicenseKey, activation: LicenseKeyActivation | None, version: str
) -> dict[str, Any]:
    """The answer to a validation."""
    return {
        **present_granted_key(key, version),
        "activation": None if activation is None else present_activation(activation),
    }


def present_with_activations(
    key: LicenseKey, version: str, *, is_shown: bool = True
) -> dict[str, Any]:
    """A key with its devices, or with none where they are not to be shown."""
    living = key.living_activations if is_shown else []  # type: ignore[attr-defined]
    return {
        **present_license_key(key, version),
        "activations": [present_activation(one) for one in living],
    }


def present_activation(activation: LicenseKeyActivation) -> dict[str, Any]:
    """A device."""
    return {
        "id": activation.pk,
        "license_key_id": activation.license_key_id,
        "label": activation.label,
        "meta": activation.meta,
        "created_at": activation.created_at,
        "modified_at": activation.modified_at,
    }


def _member(key: LicenseKey) -> dict[str, Any] | None:
    member = key.member
    if member is None:
        return None
    return {"id": member.pk, "email": member.email, "external_id": member.external_id}
