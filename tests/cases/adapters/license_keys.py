"""Licence keys: activating, validating, deactivating, rotating; what benefits of them promise."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.test import Client, override_settings

from apps.benefits.strategies import Work, strategy_of
from apps.core.clock import system_time
from apps.core.errors import DomainError, SchemaInvalid
from apps.core.ids import new_id
from apps.license_keys.keys import display_key as shown
from apps.license_keys.keys import new_key
from apps.license_keys.models import LicenseKey, LicenseKeyActivation
from apps.license_keys.operations import (
    Activation,
    activate_key,
    rotate_license_key,
    validate_key,
)
from apps.license_keys.rules import Validation
from apps.license_keys.terms import TYPE, read_terms
from tests.cases.registry import Facts, adapter
from tests.cases.world import NOW, Merchant, make_organization, origin_at
from tests.support.license_keys import make_key
from tests.support.threads import together

AREA = "license_keys"


@adapter(AREA, db=True)
def activate(given: Facts, when: Facts) -> Facts:
    key = _key(given)
    return {**_call(key, "activate", label="Laptop"), **_state(key)}


@adapter(AREA, db=True)
def deactivate(given: Facts, when: Facts) -> Facts:
    key = _key(given)
    answer = _call(key, "deactivate", activation_id=str(_activation(key, when["activation"])))
    return {**answer, **_state(key)}


@adapter(AREA, db=True)
def validate(given: Facts, when: Facts) -> Facts:
    key = _key(given)
    asked: dict[str, Any] = {}
    if when.get("activation"):
        asked["activation_id"] = str(_activation(key, when["activation"]))
    for name in ("benefit", "customer"):
        if when.get(name):
            own = str(getattr(key, f"{name}_id"))
            asked[f"{name}_id"] = str(new_id()) if when[name] == "other" else own
    for name in ("increment_usage", "conditions"):
        if name in when:
            asked[name] = when[name]
    return {**_call(key, "validate", **asked), **_state(key)}


@adapter(AREA, commits=True)
def concurrent_activate(given: Facts, when: Facts) -> Facts:
    key = _key(given)

    def attempt() -> Any:
        asked = Activation(key=key.key, label="Laptop")
        return activate_key(organization_id=key.organization_id, asked=asked, origin=origin_at())

    return {**_count(together(*[attempt] * when["attempts"])), **_state(key)}


@adapter(AREA, commits=True)
def concurrent_validate(given: Facts, when: Facts) -> Facts:
    key = _key(given)
    asked = Validation(key=key.key, increment_usage=when.get("increment_usage"))

    def attempt() -> Any:
        return validate_key(organization_id=key.organization_id, asked=asked, origin=origin_at())

    return {**_count(together(*[attempt] * when["attempts"])), **_state(key)}


@adapter(AREA, db=True)
def rotate(given: Facts, when: Facts) -> Facts:
    key = _key(given)
    rotated = rotate_license_key(license_key_id=key.pk, origin=origin_at())
    return {
        "status_code": 200,
        "changed": rotated.key != key.key,
        "same_id": rotated.pk == key.pk,
        "key_starts_with": rotated.key[: -len(new_key())],
        **_state(key),
    }


@adapter(AREA)
def generate_key(given: Facts, when: Facts) -> Facts:
    key = new_key(given.get("prefix"))
    start = key[:-36]
    return {
        "key_starts_with": start or None,
        "random_part_length": len(key) - len(start),
        "upper_case": key == key.upper(),
    }


@adapter(AREA)
def display_key(given: Facts, when: Facts) -> Facts:
    return {"display_key": shown(given["key"])}


@adapter(AREA)
def benefit_properties(given: Facts, when: Facts) -> Facts:
    try:
        terms = read_terms(when)
    except SchemaInvalid:
        return {"valid": False}
    return {"valid": True, "prefix": terms.prefix}


@adapter(AREA, db=True)
def grant(given: Facts, when: Facts) -> Facts:
    key = make_key(
        make_organization(),
        source=given.get("grant") or "order",
        origin=origin_at(),
        expires=given.get("expires"),
    )
    return {"expires": key.expires_at is not None, "expires_at": key.expires_at}


@adapter(AREA, db=True)
def grant_revoke_grant(given: Facts, when: Facts) -> Facts:
    key = make_key(make_organization(), source=given.get("grant") or "order", origin=origin_at())
    strategy = strategy_of(TYPE)
    assert key.grant is not None
    work = Work(
        grant=key.grant,
        benefit=key.benefit,
        customer=key.customer,
        member=None,
        origin=origin_at(),
    )
    statuses = [key.status]
    texts = {key.key}
    for step in (strategy.revoke, strategy.grant):
        step(work)
        found = LicenseKey.objects.get(customer=key.customer)
        statuses.append(found.status)
        texts.add(found.key)
    return {"statuses": [str(status) for status in statuses], "same_key": len(texts) == 1}


def _key(given: Facts) -> LicenseKey:
    """A key in the state of the table, with its devices."""
    key = make_key(make_organization(), prefix=given.get("prefix"))
    seconds = given.get("expires_in_seconds")
    # Tables count from the moment of the call, which comes a little later.
    ends = None if seconds is None else system_time() + timedelta(seconds=seconds)
    LicenseKey.objects.filter(pk=key.pk).update(
        status=given.get("status", "granted"),
        expires_at=ends,
        limit_activations=given.get("limit_activations"),
        limit_usage=given.get("limit_usage"),
        usage=given.get("usage", 0),
    )
    conditions = given.get("conditions") or {}
    for number in range(given.get("activations", 0)):
        _device(key, number, conditions)
    for number in range(given.get("deactivated", 0)):
        activation = _device(key, number, conditions)
        activation.deleted_at = NOW
        activation.save()
    return key


def _device(key: LicenseKey, number: int, conditions: Facts) -> LicenseKeyActivation:
    return LicenseKeyActivation.objects.create(
        license_key=key, label=f"Device {number}", conditions=conditions, created_at=NOW
    )


def _activation(key: LicenseKey, which: str) -> UUID:
    if which == "unknown":
        return new_id()
    rows = LicenseKeyActivation.objects.filter(
        license_key=key, deleted_at__isnull=which == "existing"
    )
    return rows.latest("created_at").pk


def _call(key: LicenseKey, verb: str, **body: Any) -> Facts:
    """Over the API, as a program does."""
    said = {"key": key.key, "organization_id": str(key.organization_id), **body}
    return Merchant(key.organization).call("POST", f"license-keys/{verb}", said).refusal()


def _state(key: LicenseKey) -> Facts:
    key = LicenseKey.objects.get(pk=key.pk)
    living = LicenseKeyActivation.objects.filter(license_key=key, deleted_at=None)
    return {"usage": key.usage, "validations": key.validations, "activations": living.count()}


def _count(results: list[Any]) -> Facts:
    unexpected = [one for one in results if isinstance(one, Exception)]
    assert all(isinstance(one, DomainError) for one in unexpected), unexpected
    return {"succeeded": len(results) - len(unexpected)}


@adapter("api_errors", db=True)
def rate_limit(given: Facts, when: Facts) -> Facts:
    """How many requests pass in a second, and for how long the next one is shut out."""
    client = Client(headers={"True-Client-IP": new_id().hex})
    with override_settings(API_TRUST_CLIENT_IP_HEADER=True):
        passed = -1
        while (passed := passed + 1) < 100:
            response = client.post(when["path"], data=b"{}", content_type="application/json")
            if response.status_code == 429:
                break
    return {"per_second": passed, "block_seconds": int(response.headers["Retry-After"])}
