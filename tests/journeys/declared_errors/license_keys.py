"""Licence keys, for their merchant, in the field and for their customer."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import uuid4

from apps.license_keys.models import LicenseKey
from tests.journeys.declared_errors.scene import (
    OF_LIST,
    OF_ONE,
    Call,
    Cannot,
    Provocation,
    Rows,
    Scene,
    no_id,
    page_zero,
    unknown_id,
)
from tests.support.license_keys import make_buyer, make_key
from tests.support.merchants import make_customer_token

Entries = dict[str, Provocation | Cannot]


def facts(scene: Scene, **properties: Any) -> dict[str, str]:
    """What a program knows of a key of the merchant."""
    key = make_key(scene.merchant.organization, **properties)
    return {"key": key.key, "organization_id": str(key.organization_id)}


def unknown(scene: Scene) -> dict[str, str]:
    """A key that there is not."""
    return {"key": "NONE", "organization_id": str(scene.merchant.organization.pk)}


def revoked(scene: Scene) -> LicenseKey:
    """A key that was taken back."""
    key = make_key(scene.merchant.organization)
    LicenseKey.objects.filter(pk=key.pk).update(status="revoked")
    return key


def with_customer(provoke: Provocation, call: Call, scene: Scene, holder: Any = None) -> Any:
    """The call by a customer of the merchant."""
    customer = holder or make_buyer(scene.merchant.organization)
    return provoke(partial(call, request_access_token=make_customer_token(customer)), scene)


def by_customer(provoke: Provocation) -> Provocation:
    """The same, provoked by a customer."""
    return lambda call, scene: with_customer(provoke, call, scene)


def rotate_own(call: Call, scene: Scene) -> Any:
    """A customer rotates their own key, which is revoked."""
    key = revoked(scene)
    token = make_customer_token(key.customer)
    return call(str(key.pk), request_access_token=token)


PROGRAM: dict[str, Entries] = {
    "validate": {
        "BadRequest": lambda call, scene: call(**facts(scene, limit_usage=1), increment_usage=2),
        "ResourceNotFound": lambda call, scene: call(**unknown(scene)),
        "HTTPValidationError": lambda call, scene: call(key="x", organization_id="none"),
    },
    "activate": {
        "NotPermitted": lambda call, scene: call(**facts(scene), label="Laptop"),
        "ResourceNotFound": lambda call, scene: call(**unknown(scene), label="Laptop"),
        "HTTPValidationError": lambda call, scene: call(
            key="x", organization_id="none", label="Laptop"
        ),
    },
    "deactivate": {
        "ResourceNotFound": lambda call, scene: call(**facts(scene), activation_id=str(uuid4())),
        "HTTPValidationError": lambda call, scene: call(
            key="x", organization_id="none", activation_id="none"
        ),
    },
}
# The key of a stranger is as little there as one that is not.
UNAUTHORIZED: Provocation = lambda call, scene: call(request_access_token="none")  # noqa: E731


def unauthorized_one(call: Call, scene: Scene) -> Any:
    """A path of an id without a credential that holds."""
    return call(str(uuid4()), request_access_token="none")


def two_ids(provoke: Provocation) -> Provocation:
    """The same with the id of an activation after it."""
    return lambda call, scene: provoke(
        lambda first, **more: call(first, str(uuid4()), **more), scene
    )


ROWS: Rows = {
    "license_keys.list": {
        **OF_LIST,
        "Unauthorized": UNAUTHORIZED,
        "ResourceNotFound": Cannot("a list of nothing is empty"),
    },
    "license_keys.get": {**OF_ONE, "Unauthorized": unauthorized_one},
    "license_keys.update": {**OF_ONE, "Unauthorized": unauthorized_one},
    "license_keys.rotate": {
        **OF_ONE,
        "Unauthorized": unauthorized_one,
        "RotateNotPermitted": lambda call, scene: call(str(revoked(scene).pk)),
    },
    "license_keys.get_activation": {
        "ResourceNotFound": two_ids(unknown_id),
        "HTTPValidationError": two_ids(no_id),
        "Unauthorized": two_ids(unauthorized_one),
    },
    **{f"license_keys.{name}": entries for name, entries in PROGRAM.items()},
    "customer_portal.license_keys.list": {
        "HTTPValidationError": by_customer(page_zero),
        "Unauthorized": UNAUTHORIZED,
        "ResourceNotFound": Cannot("a list of nothing is empty"),
    },
    "customer_portal.license_keys.get": {
        "ResourceNotFound": by_customer(unknown_id),
        "HTTPValidationError": by_customer(no_id),
    },
    "customer_portal.license_keys.rotate": {
        "ResourceNotFound": by_customer(unknown_id),
        "HTTPValidationError": by_customer(no_id),
        "Unauthorized": unauthorized_one,
        "RotateNotPermitted": rotate_own,
    },
    **{f"customer_portal.license_keys.{name}": entries for name, entries in PROGRAM.items()},
}
