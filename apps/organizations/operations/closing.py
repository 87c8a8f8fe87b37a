"""What staff decides about a whole organization: single capabilities, and its end."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from apps.core.errors import ValidationFailed
from apps.core.origin import Origin
from apps.events.operations import record
from apps.organizations.locks import lock_organization
from apps.organizations.models import Organization
from apps.organizations.operations.planning import capability_plan, deletion_plan
from apps.organizations.states import capabilities_of

MIN_REASON_LENGTH = 10


def require_reason(origin: Origin) -> None:
    """
    Pass if it is said why.

    :raises ValidationFailed: for a reason of under ten characters.
    """
    if len(origin.reason.strip()) < MIN_REASON_LENGTH:
        raise ValidationFailed.at("reason", msg="Give a reason of at least ten characters.")


@transaction.atomic
def override_capability(
    *,
    organization_id: UUID,
    capability: str,
    is_allowed: bool | None,
    agreed: str | None = None,
    origin: Origin,
) -> Organization:
    """
    The organization with one capability set by hand, until its status changes.

    None gives back what the status grants. `agreed` is the fingerprint of the plan that was
    shown (`plan_override_capability`), if one was.

    :raises ValidationFailed: for an unknown capability, or a reason of under ten characters.
    :raises PlanChanged: if another plan was agreed to.
    """
    require_reason(origin)
    organization = lock_organization(organization_id)
    capability_plan(organization, capability, is_allowed, origin).require(agreed)
    before = bool(organization.capabilities.get(capability))
    granted = capabilities_of(organization.status)[capability]
    after = granted if is_allowed is None else is_allowed
    if before == after:
        return organization
    organization.capabilities = {**organization.capabilities, capability: after}
    organization.modified_at = origin.at
    organization.save(update_fields=["capabilities", "modified_at"])
    record(
        "organization.capability_overridden",
        subject=organization,
        organization_id=organization.pk,
        origin=origin,
        changes={capability: (before, after)},
        payload={"is_default": after == granted},
    )
    return organization


@transaction.atomic
def delete_organization(
    *, organization_id: UUID, agreed: str | None = None, origin: Origin
) -> None:
    """
    Close an organization: its tokens end, what it told about people is erased.

    Its customers, orders and books stay: they are records of money. Its slug stays taken, since
    invoice numbers carry it. There is no second time: it is then not found, until
    `restore_organization` brings back what was not erased. `agreed` is the fingerprint of the
    plan that was shown (`plan_delete_organization`), if one was.

    :raises PlanImpossible: while there is money of its own or of its customers to be settled.
    :raises PlanChanged: if another plan was agreed to.
    """
    organization = lock_organization(organization_id)
    deletion_plan(organization, origin).require(agreed)
    organization.deleted_at = organization.modified_at = origin.at
    organization.email = organization.website = organization.avatar_url = None
    organization.socials, organization.details = [], None
    organization.save(
        update_fields=[
            "deleted_at",
            "modified_at",
            "email",
            "website",
            "avatar_url",
            "socials",
            "details",
        ]
    )
    organization.website_checks.all().delete()
    ended = organization.access_tokens.filter(revoked_at=None).update(revoked_at=origin.at)
    record(
        "organization.deleted",
        subject=organization,
        organization_id=organization.pk,
        origin=origin,
        payload={"revoked_token_count": ended},
    )
