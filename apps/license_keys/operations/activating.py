"""Devices take a place of a key, and give it back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.core.errors import ResourceNotFound
from apps.core.origin import Origin
from apps.core.rows import insert_row
from apps.events.operations import record
from apps.license_keys.locks import lock_key, lock_license_key
from apps.license_keys.models import LicenseKey, LicenseKeyActivation
from apps.license_keys.rules import NO_ACTIVATION, Conditions, require_activatable
from apps.license_keys.selectors import activation_count


@dataclass(frozen=True, slots=True, kw_only=True)
class Activation:
    """What a device says of itself; `conditions` must be told again with each validation."""

    key: str
    label: str
    conditions: Conditions = field(default_factory=dict)
    meta: dict[str, Any] = field(default_factory=dict)


@transaction.atomic
def activate_key(
    *, organization_id: UUID, asked: Activation, origin: Origin
) -> LicenseKeyActivation:
    """
    A new activation with its key. Each call makes another one.

    `origin` is on the machine's clock; the organization's is applied here. Records
    `license_key.activated`.

    :raises ResourceNotFound: if the organization has no such key.
    :raises NotPermitted: if the key takes no more activations, with the reason.
    """
    key = lock_key(organization_id, asked.key)
    here = origin.on_clock(key.organization.clock_offset)
    require_activatable(key, activation_count(key.pk), here.at)
    activation = LicenseKeyActivation(
        license_key=key,
        created_at=here.at,
        label=asked.label,
        conditions=dict(asked.conditions),
        meta=dict(asked.meta),
        last_seen_at=here.at,
    )
    insert_row(activation)
    _tell("license_key.activated", key, activation, here)
    return activation


@transaction.atomic
def deactivate_key(*, organization_id: UUID, key: str, activation_id: UUID, origin: Origin) -> None:
    """
    Give the place of a device back, whatever the key's status.

    `origin` is on the machine's clock. Records `license_key.deactivated`.

    :raises ResourceNotFound: if there is no such key, or it has no such living activation.
    """
    row = lock_key(organization_id, key)
    here = origin.on_clock(row.organization.clock_offset)
    remove_activation(row, activation_id, here)


@transaction.atomic
def release_device(*, license_key_id: UUID, activation_id: UUID, origin: Origin) -> LicenseKey:
    """
    Give the place of a device back that does not do it itself. Records `license_key.deactivated`.

    :raises ResourceNotFound: if there is no such key, or it has no such living activation.
    """
    key = lock_license_key(license_key_id)
    remove_activation(key, activation_id, origin)
    return key


def remove_activation(key: LicenseKey, activation_id: UUID, origin: Origin) -> None:
    """
    End one activation of a locked key.

    :raises ResourceNotFound: if it has no such living one.
    """
    living = LicenseKeyActivation.objects.filter(license_key=key, deleted_at=None)
    activation = living.filter(pk=activation_id).first()
    if activation is None:
        raise ResourceNotFound(NO_ACTIVATION)
    living.filter(pk=activation_id).update(deleted_at=origin.at, modified_at=origin.at)
    _tell("license_key.deactivated", key, activation, origin)


def _tell(name: str, key: LicenseKey, activation: LicenseKeyActivation, origin: Origin) -> None:
    record(
        name,
        subject=key,
        organization_id=key.organization_id,
        origin=origin,
        payload={"activation_id": str(activation.pk), "label": activation.label},
    )
