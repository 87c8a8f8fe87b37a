"""What would follow from a verb on a whole organization; nothing here writes."""

from __future__ import annotations

from uuid import UUID

from apps.core.origin import Origin
from apps.core.plans import Change, Plan, additions, counted
from apps.organizations.models import Organization
from apps.organizations.selectors import living_organization
from apps.organizations.states import CAPABILITIES, MACHINE, capabilities_of, label_of

# The verbs that the apps above add to, by what they change for their own rows.
CHANGE_STATUS = "organizations.change_status"


def plan_change_status(*, organization_id: UUID, to: str, origin: Origin) -> Plan:
    """
    What the new status gives and takes.

    :raises ResourceNotFound: if there is no such living organization.
    :raises InvalidTransition: if there is no such move.
    """
    return status_plan(living_organization(organization_id), to, origin)


def status_plan(organization: Organization, to: str, origin: Origin) -> Plan:
    """The plan for an organization as it was read, or locked."""
    MACHINE.require(organization.status, to)
    after = capabilities_of(to)
    lost = {
        name for name in CAPABILITIES if organization.capabilities.get(name) and not after[name]
    }
    own = Plan(
        title=f"{organization} becomes {to}",
        changes=(
            Change("Status", organization.status, to),
            *_capability_changes(organization, after),
        ),
        effects=_effects(organization, lost),
        warnings=_warnings(organization),
    )
    return own.joined(
        additions(CHANGE_STATUS, organization=organization, to=to, lost=lost, origin=origin)
    )


def _capability_changes(organization: Organization, after: dict[str, bool]) -> list[Change]:
    before = organization.capabilities
    return [
        Change(label_of(name), _on_off(bool(before.get(name))), _on_off(after[name]))
        for name in CAPABILITIES
        if bool(before.get(name)) != after[name]
    ]


def _effects(organization: Organization, lost: set[str]) -> tuple[str, ...]:
    said = []
    if "api_access" in lost:
        count = organization.access_tokens.filter(revoked_at=None).count()
        if count:
            said.append(f"Requests with its {counted(count, 'access token')} are refused.")
    if "dashboard_access" in lost:
        count = organization.memberships.count()
        if count:
            said.append(f"Its {counted(count, 'member')} cannot use the dashboard.")
    return tuple(said)


def _warnings(organization: Organization) -> tuple[str, ...]:
    granted = capabilities_of(organization.status)
    by_hand = [
        label_of(name).lower()
        for name in CAPABILITIES
        if bool(organization.capabilities.get(name)) != granted[name]
    ]
    if not by_hand:
        return ()
    return (f"Set by hand and reset by the new status: {', '.join(by_hand)}.",)


def _on_off(is_on: bool) -> str:
    return "on" if is_on else "off"
