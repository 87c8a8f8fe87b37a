"""Making, changing and moving organizations through their statuses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from apps.accounts.models import User
from apps.core.changes import assign
from apps.core.errors import ResourceAlreadyExists, ValidationFailed
from apps.core.money import is_presentment_currency
from apps.core.origin import Origin
from apps.events.operations import record
from apps.organizations.defaults import (
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
from apps.organizations.operations.planning import status_plan
from apps.organizations.states import capabilities_of

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
    try:
        with transaction.atomic():
            organization.save(force_insert=True)
    except IntegrityError as error:
        # The slug is the only thing that two organizations cannot share.
        raise ResourceAlreadyExists("An organization with this slug already exists.") from error
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

    Changing nothing writes nothing.

    :raises ValidationFailed: if a value is wrong.
    :raises SSOEnforcementRequiresConnection: if single sign-on shall be enforced.
    :raises DisputeAutoAcceptNotEnabled: if disputes shall be accepted and staff have not
        enabled it.
    """
    organization = lock_organization(organization_id)
    values = dict(changes)
    if values.pop("sso_enforced", None):
        raise SSOEnforcementRequiresConnection()
    difference = assign(organization, _cleaned(organization, values))
    if "details" in difference and organization.details_submitted_at is None:
        organization.details_submitted_at = origin.at
    if difference:
        organization.modified_at = origin.at
        organization.save()
        record(
            "organization.updated",
            subject=organization,
            organization_id=organization.pk,
            origin=origin,
            changes=difference,
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
    before = organization.status
    organization.status = to
    organization.status_changed_at = origin.at
    organization.capabilities = capabilities_of(to)
    organization.modified_at = origin.at
    organization.save(update_fields=["status", "status_changed_at", "capabilities", "modified_at"])
    record(
        "organization.status_changed",
        subject=organization,
        organization_id=organization.pk,
        origin=origin,
        changes={"status": (before, to)},
    )
    return organization


def _cleaned(organization: Organization, values: Mapping[str, Any]) -> dict[str, Any]:
    unknown = set(values) - _EDITABLE
    if unknown:
        raise TypeError(f"Not a setting of an organization: {', '.join(sorted(unknown))}.")
    cleaned: dict[str, Any] = {}
    for name, value in values.items():
        if value is None and (name in _NOT_NULLABLE or name in SETTINGS_BY_FIELD):
            continue
        cleaned[name] = _merged(organization, name, value) if name in SETTINGS_BY_FIELD else value
    if "name" in cleaned:
        _check_name(cleaned["name"])
    currency = cleaned.get("default_presentment_currency")
    if currency is not None and not is_presentment_currency(currency):
        raise ValidationFailed.at(
            "body",
            "default_presentment_currency",
            msg="Buyers cannot pay in this currency.",
            value=currency,
        )
    return cleaned


def _merged(organization: Organization, name: str, value: Mapping[str, Any]) -> dict[str, Any]:
    current = getattr(organization, name)
    if name == "feature_settings":
        return {**current, **{key: value[key] for key in value if key in MERCHANT_FEATURES}}
    if name == "dispute_settings" and value.get("auto_accept_below_amount") is not None:
        features = organization.feature_settings
        if not features.get("dispute_auto_accept_enabled"):
            raise DisputeAutoAcceptNotEnabled()
    return {**current, **value}


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
