"""What would follow from a verb on a whole organization; nothing here writes."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from apps.core.errors import ValidationFailed
from apps.core.origin import Origin
from apps.core.plans import Change, Plan, additions, counted
from apps.organizations.models import Organization
from apps.organizations.selectors import living_organization
from apps.organizations.states import CAPABILITIES, MACHINE, capabilities_of, label_of

# What the apps above add to: (organization, to, origin), (organization, lost, origin) with the
# names of capabilities, and (organization, origin).
CHANGE_STATUS = "organizations.change_status"
LOSE_CAPABILITIES = "organizations.lose_capabilities"
DELETE = "organizations.delete_organization"


def plan_change_status(*, organization_id: UUID, to: str, origin: Origin) -> Plan:
    """
    What the new status gives and takes.

    :raises ResourceNotFound: if there is no such living organization.
    :raises InvalidTransition: if there is no such move.
    """
    return status_plan(living_organization(organization_id), to, origin)


def plan_override_capability(
    *, organization_id: UUID, capability: str, is_allowed: bool | None, origin: Origin
) -> Plan:
    """
    What one capability, set by hand or given back to the status, gives or takes.

    :raises ResourceNotFound: if there is no such living organization.
    :raises ValidationFailed: for an unknown capability.
    """
    return capability_plan(living_organization(organization_id), capability, is_allowed, origin)


def plan_delete_organization(*, organization_id: UUID, origin: Origin) -> Plan:
    """
    What ends with the organization, or what stands in the way.

    :raises ResourceNotFound: if there is no such living organization.
    """
    return deletion_plan(living_organization(organization_id), origin)


def status_plan(organization: Organization, to: str, origin: Origin) -> Plan:
    """The plan for an organization as it was read, or locked."""
    MACHINE.require(organization.status, to)
    after = capabilities_of(to)
    own = Plan(
        title=f"{organization} becomes {to}",
        changes=(
            Change("Status", organization.status, to),
            *_capability_changes(organization, after),
        ),
        warnings=_reset_by_status(organization),
    )
    return own.joined(
        [
            *_losses(organization, after, origin),
            *additions(CHANGE_STATUS, organization=organization, to=to, origin=origin),
        ]
    )


def capability_plan(
    organization: Organization, capability: str, is_allowed: bool | None, origin: Origin
) -> Plan:
    """The plan for an organization as it was read, or locked."""
    if capability not in CAPABILITIES:
        raise ValidationFailed.at("capability", msg="There is no such capability.")
    granted = capabilities_of(organization.status)[capability]
    after = {**organization.capabilities, capability: granted if is_allowed is None else is_allowed}
    changes = _capability_changes(organization, after)
    lasts = changes and is_allowed is not None and is_allowed != granted
    own = Plan(
        title=f"{label_of(capability)} of {organization}",
        changes=tuple(changes),
        effects=("It lasts until the status changes.",) if lasts else (),
    )
    return own.joined(_losses(organization, after, origin))


def deletion_plan(organization: Organization, origin: Origin) -> Plan:
    """The plan for an organization as it was read, or locked."""
    own = Plan(
        title=f"{organization} is deleted",
        changes=(Change("Organization", organization.status, "deleted"),),
        effects=(
            *_of_tokens(organization),
            *_of_members(organization),
            "E-mail, website, picture, socials and business details are erased.",
        ),
        warnings=("This cannot be undone. The slug stays taken.",),
    )
    lost = {name for name in CAPABILITIES if organization.capabilities.get(name)}
    return own.joined(
        [
            *additions(LOSE_CAPABILITIES, organization=organization, lost=lost, origin=origin),
            *additions(DELETE, organization=organization, origin=origin),
        ]
    )


def _losses(organization: Organization, after: dict[str, bool], origin: Origin) -> Iterable[Plan]:
    before = organization.capabilities
    lost = {name for name in CAPABILITIES if before.get(name) and not after.get(name)}
    effects = (
        *(_of_tokens(organization) if "api_access" in lost else ()),
        *(_of_members(organization) if "dashboard_access" in lost else ()),
    )
    yield Plan(effects=effects)
    if lost:
        yield from additions(LOSE_CAPABILITIES, organization=organization, lost=lost, origin=origin)


def _capability_changes(organization: Organization, after: dict[str, bool]) -> list[Change]:
    before = organization.capabilities
    return [
        Change(label_of(name), _on_off(before.get(name)), _on_off(after.get(name)))
        for name in CAPABILITIES
        if bool(before.get(name)) != bool(after.get(name))
    ]


def _of_tokens(organization: Organization) -> tuple[str, ...]:
    count = organization.access_tokens.filter(revoked_at=None).count()
    return (f"Requests with its {counted(count, 'access token')} are refused.",) if count else ()


def _of_members(organization: Organization) -> tuple[str, ...]:
    count = organization.memberships.count()
    return (f"Its {counted(count, 'member')} cannot use the dashboard.",) if count else ()


def _reset_by_status(organization: Organization) -> tuple[str, ...]:
    granted = capabilities_of(organization.status)
    by_hand = [
        label_of(name)
        for name in CAPABILITIES
        if bool(organization.capabilities.get(name)) != granted[name]
    ]
    return (f"Set by hand, reset by the new status: {', '.join(by_hand)}.",) if by_hand else ()


def _on_off(is_on: bool | None) -> str:
    return "on" if is_on else "off"
