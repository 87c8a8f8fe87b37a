"""A line of the statement that the books lack, and a fee that nobody can name, as rows."""

from __future__ import annotations

from datetime import datetime, timedelta

from apps.core.ids import new_id
from apps.organizations.models import Organization
from apps.reconciliation.models import (
    BalanceTransaction,
    Discrepancy,
    DiscrepancyNote,
    FeeRule,
    Run,
)


def make_line(
    *, category: str, net: int, at: datetime, organization: Organization | None = None, text: str
) -> BalanceTransaction:
    """A line of the statement that is not in the books."""
    return BalanceTransaction.objects.create(
        organization=organization,
        processor_id=f"txn_{new_id().hex}",
        type="stripe_fee" if category == "fee" else "adjustment",
        category=category,
        amount=net,
        fee=0,
        net=net,
        currency="usd",
        description=text,
        happened_at=at,
        available_at=at,
        seen_at=at,
    )


def make_discrepancy(organization: Organization, number: int, *, at: datetime) -> Discrepancy:
    """7.00 dollars that only the processor knows, since a day, with a note; and the rest."""
    day_ago = at - timedelta(days=1)
    line = make_line(
        category="other_adjustment",
        net=700,
        at=day_ago,
        organization=organization,
        text=f"Adjustment {number}",
    )
    row = Discrepancy.objects.create(
        created_at=at,
        organization=organization,
        kind="missing_here",
        transaction=line,
        subject=line.processor_id,
        there_amount=700,
        currency="usd",
        detail="The books have nothing of it.",
        happened_at=day_ago,
    )
    DiscrepancyNote.objects.create(discrepancy=row, text="Asked Stripe.", created_at=at)
    FeeRule.objects.create(created_at=at, pattern=f"Rule {row.pk.hex}", fee_type="payment")
    Run.objects.create(started_at=at, finished_at=at, since_at=day_ago, seen_count=1, new_count=1)
    make_line(category="fee", net=-123, at=day_ago, text=f"Stardust {number}")
    return row
