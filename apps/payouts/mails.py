"""What the people who look after a merchant's money are written about its payouts."""

from __future__ import annotations

from uuid import UUID

from apps.core.origin import Origin
from apps.events.models import Event
from apps.events.registry import subscribe
from apps.notifications.operations import Occasion, queue_mail
from apps.payouts.letters import FAILED, PAID, finance_addresses, payout_facts
from apps.payouts.models import Payout

_KINDS = {"payout.paid": PAID, "payout.failed": FAILED}


def register() -> None:
    """Write when payouts have arrived, or have failed; called once at start."""
    for event, kind in _KINDS.items():
        subscribe(event, f"payouts.mail_{kind}", _tell)


def _tell(event: Event, origin: Origin) -> None:
    rows = Payout.objects.select_related("organization", "payout_account")
    payout = rows.filter(pk=UUID(event.subject_id)).first()
    if payout is None:
        return
    for address in finance_addresses(payout.organization):
        queue_mail(
            occasion=Occasion(
                kind=_KINDS[event.type],
                # It may fail more than once.
                key=f"{event.pk}:{address}",
                organization=payout.organization,
                recipient=address,
                subject_type="payout",
                subject_id=str(payout.pk),
                context=payout_facts(payout),
            ),
            origin=origin,
        )
