"""Payments of the demo merchant that their payers contest: one waits, one is won, one lost."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final
from uuid import UUID

import structlog

from apps.backoffice.demo.cast import CONTESTED, ORGANIZATION_SLUG
from apps.backoffice.demo.sales import KEY
from apps.checkouts.models import Checkout
from apps.core.errors import DomainError
from apps.core.origin import Origin
from apps.disputes.models import Dispute, Dossier
from apps.disputes.operations import accept_dispute
from apps.disputes.operations.editing import edit_dossier
from apps.disputes.operations.gathering import gather_dossier
from apps.disputes.operations.submitting import submit_evidence

log = structlog.get_logger(__name__)

PATIENCE_SECONDS: Final = 45
# What convinces the bank of a sandbox.
WINNING: Final = "winning_evidence"


def seed_disputes(*, origin: Origin) -> int:
    """
    Answer the disputes that the demo's sales lead to; returns how many there are.

    Needs the sandbox Stripe, the web process and a worker. What was answered stays as it is.
    """
    answers: dict[str, Callable[[UUID, Origin], None]] = {"won": _win, "lost": _lose}
    deadline = time.monotonic() + PATIENCE_SECONDS
    found = 0
    for sale, end in CONTESTED.items():
        dispute = _wait_for(sale, deadline)
        if dispute is None:
            continue
        found += 1
        answer = answers.get(end)
        if answer is None or dispute.status != Dispute.Status.NEEDS_RESPONSE:
            continue
        try:
            answer(dispute.pk, origin.because("The demo shows how disputes end."))
        except DomainError as error:
            log.info("demo_dispute_left_open", sale=sale, detail=error.detail)
    return found


def _wait_for(sale: str, deadline: float) -> Dispute | None:
    """The dispute of a sale, once the processor has told of it."""
    checkout = Checkout.objects.filter(
        organization__slug=ORGANIZATION_SLUG, metadata__contains={KEY: sale}
    ).first()
    if checkout is None:
        return None
    while True:
        dispute = Dispute.objects.filter(payment__checkout_id=checkout.pk).first()
        if dispute is not None or time.monotonic() > deadline:
            return dispute
        time.sleep(0.25)


def _win(dispute_id: UUID, origin: Origin) -> None:
    dossier = Dossier.objects.filter(dispute_id=dispute_id).first()
    dossier = dossier or gather_dossier(dispute_id=dispute_id, origin=origin)
    edit_dossier(
        dispute_id=dispute_id,
        field="uncategorized_text",
        text=WINNING,
        seen=dossier.texts.get("uncategorized_text", ""),
        origin=origin,
    )
    submit_evidence(dispute_id=dispute_id, origin=origin)


def _lose(dispute_id: UUID, origin: Origin) -> None:
    accept_dispute(dispute_id=dispute_id, origin=origin)
