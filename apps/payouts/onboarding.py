"""What the payouts know of a merchant's onboarding."""

from __future__ import annotations

from uuid import UUID

from apps.organizations.models import Organization
from apps.organizations.onboarding import Finding, register_step
from apps.organizations.payout_accounts import register_payout_account
from apps.payouts.readiness import READY, VERIFIED, identity_of, status_of
from apps.payouts.selectors import profile_of


def register() -> None:
    """Called once, when Django is ready."""
    register_payout_account(_account_id)
    register_step("payout_account", "Payout account", _account, position=30)
    register_step("identity", "Identity of the holder", _identity, position=32, is_required=False)


def _account_id(organization_id: UUID) -> UUID | None:
    profile = profile_of(organization_id)
    return profile.payout_account_id if profile is not None else None


def _account(organization: Organization) -> Finding:
    """An account to which money can be sent."""
    profile = profile_of(organization.pk)
    account = profile.payout_account if profile else None
    if account is None:
        return Finding(False, "None is linked.")
    status = status_of(account)
    return Finding(status == READY, "" if status == READY else status.replace("_", " "))


def _identity(organization: Organization) -> Finding:
    """Whether the processor knows who is paid."""
    profile = profile_of(organization.pk)
    found = identity_of(profile.payout_account if profile else None)
    return Finding(found == VERIFIED, found)
