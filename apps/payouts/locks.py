"""The locks of payouts. An organization is locked before its payouts, a payout before attempts."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import connection

from apps.core.errors import ResourceNotFound
from apps.payouts.models import Hold, Payout, PayoutAccount, PayoutAttempt, PayoutProfile, Reserve


def claim_payout_request(organization_id: UUID) -> bool:
    """
    Whether nobody else is just asking for a payout of this organization.

    Whoever got it keeps it until the transaction ends; others do not wait for it.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"payout:{organization_id}"],
        )
        return bool(cursor.fetchone()[0])


def lock_payout(payout_id: UUID) -> Payout:
    """
    The payout, locked until the transaction ends.

    :raises ResourceNotFound: if there is none.
    """
    rows = Payout.objects.select_related("organization", "payout_account")
    row = rows.select_for_update(of=("self",), no_key=True).filter(pk=payout_id).first()
    if row is None:
        raise ResourceNotFound
    return row


def lock_payouts_of(organization_id: UUID, statuses: Collection[str]) -> list[Payout]:
    """An organization's payouts in these statuses, oldest first, locked in that order."""
    rows = Payout.objects.select_related("organization", "payout_account")
    found = rows.select_for_update(of=("self",), no_key=True).filter(
        organization_id=organization_id, status__in=statuses
    )
    return list(found.order_by("created_at", "pk"))


def lock_attempt(attempt_id: UUID) -> PayoutAttempt:
    """
    The attempt, locked; its payout is to be locked before.

    :raises ResourceNotFound: if there is none.
    """
    row = PayoutAttempt.objects.select_for_update(of=("self",)).filter(pk=attempt_id).first()
    if row is None:
        raise ResourceNotFound
    return row


def lock_payout_account(account_id: UUID) -> PayoutAccount:
    """
    The living payout account, locked.

    :raises ResourceNotFound: if there is none.
    """
    rows = PayoutAccount.objects.select_for_update(no_key=True)
    row = rows.filter(pk=account_id, deleted_at=None).first()
    if row is None:
        raise ResourceNotFound
    return row


def lock_profile(organization_id: UUID) -> PayoutProfile | None:
    """How an organization is paid out, locked; None where nothing was ever set."""
    rows = PayoutProfile.objects.select_related("organization", "payout_account")
    return (
        rows.select_for_update(of=("self",), no_key=True)
        .filter(organization_id=organization_id)
        .first()
    )


def lock_reserve(reserve_id: UUID) -> Reserve:
    """
    The reserve, locked; its organization is to be locked before, where that is.

    :raises ResourceNotFound: if there is none.
    """
    rows = Reserve.objects.select_related("organization")
    row = rows.select_for_update(of=("self",), no_key=True).filter(pk=reserve_id).first()
    if row is None:
        raise ResourceNotFound
    return row


def lock_hold(hold_id: UUID) -> Hold:
    """
    The hold, locked.

    :raises ResourceNotFound: if there is none.
    """
    rows = Hold.objects.select_related("organization")
    row = rows.select_for_update(of=("self",), no_key=True).filter(pk=hold_id).first()
    if row is None:
        raise ResourceNotFound
    return row
