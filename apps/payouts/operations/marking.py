"""Payouts that people make themselves."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from apps.core.errors import ValidationFailed
from apps.core.origin import Origin
from apps.core.plans import Change, Money, Plan
from apps.ledger.operations import post_manual_payout
from apps.ledger.payouts import manual_draft
from apps.ledger.selectors import planned_entries
from apps.payouts import selectors
from apps.payouts.errors import NotManualPayout
from apps.payouts.letters import PAID, planned_payout_mails
from apps.payouts.locks import lock_payout
from apps.payouts.models import Payout
from apps.payouts.operations.moving import change_payout


def plan_mark_payout_paid(*, payout: Payout) -> Plan:
    """
    What `mark_payout_paid` would do.

    :raises NotManualPayout: for a payout that is not waiting for people.
    """
    _require_waiting(payout)
    return _plan(payout)


@transaction.atomic
def mark_payout_paid(
    *, payout_id: UUID, reference: str, agreed: str | None = None, origin: Origin
) -> Payout:
    """
    Note that somebody has paid a manual payout; `reference` is the bank's, whose word has been
    attached before. Records `payout.paid`.

    :raises NotManualPayout: if the processor pays it, or it is not pending.
    :raises ValidationFailed: without a reference.
    :raises PlanImpossible: without a file of the bank's.
    :raises PlanChanged: if another plan was agreed to.
    """
    if not reference.strip():
        raise ValidationFailed.at("body", "reference", msg="Give the bank's reference.")
    payout = lock_payout(payout_id)
    _require_waiting(payout)
    _plan(payout).require(agreed)
    post_manual_payout(money=selectors.ledger_money_of(payout), origin=origin)
    return change_payout(
        payout,
        "payout.paid",
        origin,
        status=Payout.Status.SUCCEEDED,
        settled_amount=payout.amount,
        reference=reference.strip(),
        paid_at=origin.at,
    )


def _require_waiting(payout: Payout) -> None:
    if not payout.is_manual:
        raise NotManualPayout
    if payout.status != Payout.Status.PENDING:
        raise NotManualPayout(f"A payout that is {payout.status} is not waiting to be paid.")


def _plan(payout: Payout) -> Plan:
    draft = manual_draft(selectors.ledger_money_of(payout), at=payout.created_at)
    proofs = list(payout.proofs.order_by("created_at", "pk").values_list("name", flat=True))
    return Plan(
        title=f"{payout} is marked as paid",
        changes=(Change(str(payout), payout.status, Payout.Status.SUCCEEDED),),
        money=(Money("Paid by hand", payout.amount, payout.currency),),
        effects=tuple(f"{name} is the bank's word for it." for name in proofs),
        obstacles=() if proofs else ("Attach what the bank says of it first.",),
        mails=planned_payout_mails(payout, PAID),
        events=("payout.paid",),
    ).joined([planned_entries([draft])])
