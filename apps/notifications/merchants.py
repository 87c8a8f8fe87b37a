"""What the people of a merchant are written about it: who joins, who owns, how it was judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from apps.accounts.models import User
from apps.core.origin import Origin
from apps.events.models import Event
from apps.events.registry import subscribe
from apps.notifications.operations import Occasion, queue_mail
from apps.organizations.invitations import invitation_url
from apps.organizations.models import Invitation, Organization, OrganizationReview
from apps.organizations.policies import OFFBOARDING_LASTS, POLICY_SECTIONS
from apps.organizations.selectors import any_organization, member_addresses

Verdict = OrganizationReview.Verdict


def register() -> None:
    """Subscribe; called once at start."""
    subscribe("organization.invitation_sent", "notifications.mail_invitation", _invite)
    subscribe("organization.ownership_transferred", "notifications.mail_owner", _tell_owners)
    subscribe("organization.review_opened", "notifications.mail_review_opened", _review_opened)
    subscribe(
        "organization.review_decided",
        "notifications.mail_review_decided",
        _review_decided,
        when=lambda event: event.payload.get("verdict") in (Verdict.PASS, Verdict.FAIL),
    )
    subscribe("organization.appeal_decided", "notifications.mail_appeal_decided", _appeal_decided)
    subscribe(
        "organization.status_changed",
        "notifications.mail_offboarding",
        _leaving,
        when=lambda event: event.changes["status"][1] in ("offboarding", "offboarded"),
    )
    subscribe("access_token.leaked", "notifications.mail_leaked_token", _leaked)


def _invite(event: Event, origin: Origin) -> None:
    """To the address that was invited, unless a later mail has replaced this one."""
    rows = Invitation.objects.select_related("organization")
    invitation = rows.get(pk=UUID(event.payload["invitation_id"]))
    number = event.payload["number"]
    if not invitation.is_open or invitation.number != number:
        return
    _write(
        event,
        "member_invitation",
        invitation.organization,
        [invitation.email],
        {
            "url": invitation_url(invitation.pk, number),
            "role": invitation.role,
            "expires_at": invitation.expires_at.isoformat(),
        },
        origin,
    )


def _tell_owners(event: Event, origin: Origin) -> None:
    """To who owns it now and to who did before."""
    keys = [event.payload["user_id"], event.payload["former_user_id"]]
    people = {str(one.pk): one for one in User.objects.filter(pk__in=[k for k in keys if k])}
    owner = people[keys[0]]
    addresses = [one.email for one in people.values() if one.is_active]
    facts = {"owner": owner.name or owner.email}
    _write(event, "ownership_transferred", _organization(event), addresses, facts, origin)


def _review_opened(event: Event, origin: Origin) -> None:
    """To every member. Why it is looked at stays with staff: only what was asked for is said."""
    is_asked = event.payload["trigger"] == OrganizationReview.Trigger.SUBMISSION
    _tell(event, "organization_review_opened", {"is_asked": is_asked}, origin)


def _review_decided(event: Event, origin: Origin) -> None:
    """To every member, with the section of the policy that a denial rests on."""
    organization = _organization(event)
    if event.payload["verdict"] == Verdict.PASS:
        facts: dict[str, Any] = {"is_active": organization.status == "active"}
        _tell(event, "organization_approved", facts, origin)
    elif organization.status == "denied":
        section = POLICY_SECTIONS.get(event.payload["policy_section"], "")
        _tell(event, "organization_denied", {"section": section}, origin)


def _appeal_decided(event: Event, origin: Origin) -> None:
    """To every member, with the words that were written for them."""
    review = OrganizationReview.objects.get(pk=UUID(event.payload["review_id"]))
    is_granted = event.payload["decision"] == OrganizationReview.AppealDecision.APPROVED
    facts = {"is_granted": is_granted, "reply": review.appeal_reply}
    _tell(event, "organization_appeal_decided", facts, origin)


def _leaving(event: Event, origin: Origin) -> None:
    """To every member: until when it sells and when it is paid, or that it has left."""
    if event.changes["status"][1] == "offboarding":
        facts = {"until": (event.at + OFFBOARDING_LASTS).date().isoformat()}
        _tell(event, "organization_offboarding", facts, origin)
    else:
        _tell(event, "organization_offboarded", {}, origin)


def _leaked(event: Event, origin: Origin) -> None:
    """To every member, with where the token was found; the token itself is worth nothing by now."""
    if event.organization_id is None:
        return
    organization = any_organization(event.organization_id)
    facts = {name: event.payload[name] for name in ("comment", "hint", "url")}
    people = member_addresses(organization)
    _write(event, "organization_access_token_leaked", organization, people, facts, origin)


def _tell(event: Event, kind: str, facts: Mapping[str, Any], origin: Origin) -> None:
    organization = _organization(event)
    _write(event, kind, organization, member_addresses(organization), facts, origin)


def _write(
    event: Event,
    kind: str,
    organization: Organization,
    addresses: Iterable[str],
    facts: Mapping[str, Any],
    origin: Origin,
) -> None:
    """One mail to each address, once for each time it happens."""
    for address in addresses:
        queue_mail(
            occasion=Occasion(
                kind=kind,
                key=f"{event.pk}:{address}"[:160],
                organization=organization,
                recipient=address,
                subject_type="organization",
                subject_id=str(organization.pk),
                context=facts,
            ),
            origin=origin,
        )


def _organization(event: Event) -> Organization:
    return any_organization(UUID(event.subject_id))
