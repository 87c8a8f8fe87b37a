"""Disputes that are conceded by themselves: announced, and done a day later unless answered."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from apps.core.origin import Origin
from apps.disputes.conceding import DELAY, auto_accept_applies
from apps.disputes.locks import lock_held_dispute
from apps.disputes.models import Dispute
from apps.disputes.operations.telling import announce_dispute
from apps.disputes.selectors import concession_of


def announce_auto_accept(dispute: Dispute, origin: Origin) -> None:
    """
    Say that a dispute that has just come to need a response will be conceded, where it will.

    The caller holds it. Records `dispute.auto_accept_announced`.
    """
    if dispute.auto_accept_at is not None or not auto_accept_applies(concession_of(dispute)):
        return
    dispute.auto_accept_at = origin.at + DELAY
    dispute.save(update_fields=["auto_accept_at"])
    announce_dispute(
        dispute,
        "dispute.auto_accept_announced",
        origin=origin,
        auto_accept_at=dispute.auto_accept_at.isoformat(),
    )


@transaction.atomic
def claim_auto_accept(*, dispute_id: UUID, origin: Origin) -> bool:
    """
    Whether a dispute is to be conceded now, its time having come; it is not announced any more.

    Where it is not worth it any more, or something has changed, that is taken back. Records
    `dispute.auto_accept_retracted` then.
    """
    dispute = lock_held_dispute(dispute_id)
    if dispute.auto_accept_at is None or dispute.auto_accept_at > origin.at:
        return False
    if auto_accept_applies(concession_of(dispute)):
        return True
    _retract(dispute, origin)
    return False


@transaction.atomic
def note_merchant_reply(*, dispute_id: UUID, origin: Origin) -> Dispute:
    """
    Remember that the merchant has answered: it is not conceded by itself any more.

    The first reply counts. Records `dispute.merchant_replied`.
    """
    dispute = lock_held_dispute(dispute_id)
    if dispute.merchant_replied_at is not None:
        return dispute
    dispute.merchant_replied_at = dispute.modified_at = origin.at
    dispute.save(update_fields=["merchant_replied_at", "modified_at"])
    announce_dispute(dispute, "dispute.merchant_replied", origin=origin)
    if dispute.auto_accept_at is not None:
        _retract(dispute, origin)
    return dispute


@transaction.atomic
def mark_past_due(*, dispute_id: UUID, origin: Origin) -> None:
    """Note that nobody answered a dispute in time; the second time changes nothing."""
    dispute = lock_held_dispute(dispute_id)
    due = dispute.evidence_due_at
    is_waiting = dispute.status == Dispute.Status.NEEDS_RESPONSE
    if dispute.is_past_due or not is_waiting or due is None or due > origin.at:
        return
    dispute.is_past_due = True
    dispute.modified_at = origin.at
    dispute.save(update_fields=["is_past_due", "modified_at"])
    announce_dispute(
        dispute, "dispute.updated", origin=origin, changes={"is_past_due": (False, True)}
    )


def _retract(dispute: Dispute, origin: Origin) -> None:
    dispute.auto_accept_at = None
    dispute.modified_at = origin.at
    dispute.save(update_fields=["auto_accept_at", "modified_at"])
    announce_dispute(dispute, "dispute.auto_accept_retracted", origin=origin)
