"""Making, changing and moving organizations through their statuses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from apps.accounts.models import User
from apps.core.changes import Changes, assign
from apps.core.errors import ResourceAlreadyExists, ValidationFailed
from apps.core.money import is_presentment_currency
from apps.core.origin import Actor, Origin
from apps.events.operations import record
from apps.organizations.defaults import (
    FEATURE_SETTINGS,
    MERCHANT_FEATURES,
    RESERVED_SLUGS,
    SETTINGS_BY_FIELD,
)
from apps.organizations.errors import (
    DisputeAutoAcceptNotEnabled,
    SSOEnforcementRequiresConnection,
)
from apps.organizations.locks import lock_organization
from apps.organizations.models import Membership, Organization, OrganizationCounter
from apps.organizations.operations.moving import move_organization
from apps.organizations.operations.planning import status_plan
from apps.organizations.states import capabilities_of

MAX_INTERVALS = 10
MAX_INTERVAL_DAYS = 60

# An explicit null for one of these means "leave it".
_NOT_NULLABLE = frozenset(
    {"name", "default_presentment_currency", "default_tax_behavior", "socials", "embed_hosts"}
)
_EDITABLE = _NOT_NULLABLE | {
    "avatar_url",
    "email",
    "website",
    "country",
    "details",
    "require_3ds",
    "rate_group",
    "invoice_numbering",
    *SETTINGS_BY_FIELD,
}
# What stands in addresses, on invoices and in evidence is changed by staff alone.
_EDITABLE_BY_STAFF = frozenset({"slug", "invoice_prefix", "refund_policy"})
_INVOICE_PREFIX = re.compile(r"[A-Z0-9](?:[A-Z0-9-]{0,62}[A-Z0-9])?")


@transaction.atomic
def create_organization(
    *, name: str, slug: str, owner: User | None = None, origin: Origin, **settings: Any
) -> Organization:
    """
    A new organization in status created, its counter, and its owner's membership.

    `settings` are the fields `update_organization` takes. The invoice prefix is the slug as it
    is now.

    :raises ValidationFailed: for a name or slug out of bounds, or a setting that is wrong.
    :raises ResourceAlreadyExists: if the slug is taken.
    """
    _check_name(name)
    _check_slug(slug)
    organization = Organization(
        name=name,
        slug=slug,
        status=Organization.Status.CREATED,
        status_changed_at=origin.at,
        capabilities=capabilities_of(Organization.Status.CREATED),
        invoice_prefix=slug.upper(),
        created_at=origin.at,
    )
    assign(organization, _cleaned(organization, settings))
    _save(organization)
    OrganizationCounter.objects.create(organization=organization)
    if owner is not None:
        Membership.objects.create(
            organization=organization,
            user=owner,
            role=Membership.Role.OWNER,
            created_at=origin.at,
        )
    record(
        "organization.created",
        subject=organization,
        organization_id=organization.pk,
        origin=origin,
    )
    return organization


@transaction.atomic
def update_organization(
    *, organization_id: UUID, changes: Mapping[str, Any], origin: Origin
) -> Organization:
    """
    The organization with `changes`, named as in the API; what is absent stays.

    Staff may also change the slug, the invoice prefix and every feature. Changing nothing writes
    nothing; the event names each setting that became another (`dispute_settings.…`).

    :raises ValidationFailed: if a value is wrong.
    :raises ResourceAlreadyExists: if the slug is taken.
    :raises SSOEnforcementRequiresConnection: if single sign-on shall be enforced.
    :raises DisputeAutoAcceptNotEnabled: if disputes shall be accepted and staff have not
        enabled it.
    """
    organization = lock_organization(organization_id)
    values = dict(changes)
    if values.pop("sso_enforced", None):
        raise SSOEnforcementRequiresConnection()
    is_staff = origin.actor is Actor.STAFF
    difference = assign(organization, _cleaned(organization, values, is_staff=is_staff))
    if "details" in difference and organization.details_submitted_at is None:
        organization.details_submitted_at = origin.at
    if difference:
        organization.modified_at = origin.at
        _save(organization)
        record(
            "organization.updated",
            subject=organization,
            organization_id=organization.pk,
            origin=origin,
            changes=_by_setting(difference),
        )
    return organization


@transaction.atomic
def change_status(
    *, organization_id: UUID, to: str, agreed: str | None = None, origin: Origin
) -> Organization:
    """
    The organization in status `to`, with the capabilities of that status.

    `agreed` is the fingerprint of the plan that was shown (`plan_change_status`), if one was.

    :raises InvalidTransition: if there is no such move.
    :raises PlanChanged: if another plan was agreed to.
    """
    organization = lock_organization(organization_id)
    status_plan(organization, to, origin).require(agreed)
    return move_organization(organization, to, origin)


def _save(organization: Organization) -> None:
    try:
        with transaction.atomic():
            organization.save()
    except IntegrityError as error:
        # The slug is the only thing that two organizations cannot share.
        raise ResourceAlreadyExists("An organization with this slug already exists.") from error


def _by_setting(difference: Changes) -> Changes:
    """With each setting of a group for itself, so that an event says what became different."""
    told: Changes = {}
    for name, (before, after) in difference.items():
        if name not in SETTINGS_BY_FIELD:
            told[name] = (before, after)
            continue
        old, new = _flat(before), _flat(after)
        for key in sorted(old.keys() | new.keys()):
            if old.get(key) != new.get(key):
                told[f"{name}.{key}"] = (old.get(key), new.get(key))
    return told


def _flat(group: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in group.items():
        if isinstance(value, dict):
            found.update({f"{name}.{key}": inner for key, inner in _flat(value).items()})
        else:
            found[name] = value
    return found


def _cleaned(
    organization: Organization, values: Mapping[str, Any], *, is_staff: bool = False
) -> dict[str, Any]:
    unknown = set(values) - _EDITABLE - (_EDITABLE_BY_STAFF if is_staff else frozenset())
    if unknown:
        raise TypeError(f"Not a setting of an organization: {', '.join(sorted(unknown))}.")
    cleaned: dict[str, Any] = {}
    for name, value in values.items():
        if value is None and (name in _NOT_NULLABLE or name in SETTINGS_BY_FIELD):
            continue
        cleaned[name] = (
            _merged(organization, name, value, is_staff) if name in SETTINGS_BY_FIELD else value
        )
    if "name" in cleaned:
        _check_name(cleaned["name"])
    if "slug" in cleaned and cleaned["slug"] != organization.slug:
        _check_slug(cleaned["slug"])
    if not _INVOICE_PREFIX.fullmatch(cleaned.get("invoice_prefix", "A")):
        raise ValidationFailed.at(
            "body",
            "invoice_prefix",
            msg="The invoice prefix must be 1 to 64 capital letters, digits and inner dashes.",
            value=cleaned["invoice_prefix"],
        )
    currency = cleaned.get("default_presentment_currency")
    if currency is not None and not is_presentment_currency(currency):
        raise ValidationFailed.at(
            "body",
            "default_presentment_currency",
            msg="Buyers cannot pay in this currency.",
            value=currency,
        )
    return cleaned


def _merged(
    organization: Organization, name: str, value: Mapping[str, Any], is_staff: bool
) -> dict[str, Any]:
    current = getattr(organization, name)
    if name == "feature_settings":
        switchable = FEATURE_SETTINGS if is_staff else MERCHANT_FEATURES
        return {**current, **{key: value[key] for key in value if key in switchable}}
    if name == "dispute_settings" and value.get("auto_accept_below_amount") is not None:
        features = organization.feature_settings
        if not features.get("dispute_auto_accept_enabled"):
            raise DisputeAutoAcceptNotEnabled()
    if name == "subscription_settings" and "dunning_intervals" in value:
        _check_intervals(value["dunning_intervals"])
    return {**current, **value}


def _check_intervals(days: Any) -> None:
    """A few waits of whole days each: the schedule has to end, and not before it begins."""
    is_list = isinstance(days, list) and 1 <= len(days) <= MAX_INTERVALS
    if not is_list or not all(type(day) is int and 1 <= day <= MAX_INTERVAL_DAYS for day in days):
        raise ValidationFailed.at(
            "body",
            "subscription_settings",
            "dunning_intervals",
            msg=f"Give 1 to {MAX_INTERVALS} waits of 1 to {MAX_INTERVAL_DAYS} days.",
            value=days,
        )


def _check_name(name: str) -> None:
    if len(name.strip()) < 3:
        raise ValidationFailed.at(
            "body",
            "name",
            msg="The name must have at least 3 characters.",
            value=name,
            kind="string_too_short",
        )


def _check_slug(slug: str) -> None:
    if not 3 <= len(slug) <= 64 or slug != slugify(slug) or slug in RESERVED_SLUGS:
        raise ValidationFailed.at(
            "body",
            "slug",
            msg="The slug must be 3 to 64 lowercase letters, digits and dashes, and free to use.",
            value=slug,
        )
