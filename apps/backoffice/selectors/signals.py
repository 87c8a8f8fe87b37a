"""What speaks for and against a merchant, and how urgent its review is by that."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Avg, Count, Q

from apps.disputes.models import Dispute
from apps.ledger.models import FeePlan
from apps.organizations.models import Organization
from apps.payments.models import Payment, Refund
from apps.payouts.models import Payout

WINDOW: Final = timedelta(days=90)
DAY: Final = timedelta(days=1)
AGING_PER_DAY, AGING_CAP = 2.5, 50.0
RISK_FROM, RISK_POINTS = 50, 25.0
LEAST_PAYMENTS: Final = 5
HEALTH_CAP: Final = 25.0
AUTHORIZED_FROM, AUTHORIZED_POINTS = 0.70, 10.0
REFUNDED_FROM, REFUNDED_POINTS = 0.10, 10.0
DISPUTED_POINTS: Final = 15.0
YOUNG: Final = timedelta(days=30)
FAST_AMOUNT, FAST_PAYMENTS, FAST_CAP = 100_000, 25, 25.0
HELD_POINTS, TIER_POINTS = 25.0, 5.0
TIERS: Final = {"pro": 1, "growth": 2, "scale": 3}


@dataclass(frozen=True, slots=True)
class Signals:
    """The facts of a merchant: of its last 90 days, except the held payouts and the plan."""

    payment_count: int = 0
    succeeded_count: int = 0
    refunded_count: int = 0
    dispute_count: int = 0
    risk_score: int | None = None
    held_count: int = 0
    plan: str = ""

    @property
    def authorized(self) -> float | None:
        """The part of payments that went through."""
        return self.succeeded_count / self.payment_count if self.payment_count else None

    @property
    def refunded(self) -> float | None:
        """The part of paid payments of which money went back."""
        return self.refunded_count / self.succeeded_count if self.succeeded_count else None

    @property
    def disputed(self) -> float | None:
        """The part of paid payments that were contested."""
        return self.dispute_count / self.succeeded_count if self.succeeded_count else None


@dataclass(frozen=True, slots=True)
class Part:
    """One number of a priority, and how it came about."""

    title: str
    points: float
    why: str


@dataclass(frozen=True, slots=True)
class Priority:
    """How urgent a review is: the sum of its parts."""

    parts: Sequence[Part]

    @property
    def points(self) -> float:
        """With one decimal."""
        return round(sum(one.points for one in self.parts), 1)


def signals_of(organization_ids: Iterable[UUID], at: datetime) -> dict[UUID, Signals]:
    """The signals of merchants at their time, in five queries however many they are."""
    ids = list(organization_ids)
    recent = {"organization_id__in": ids, "created_at__gt": at - WINDOW}
    paid = Q(status=Payment.Status.SUCCEEDED)
    payments = _by_organization(
        Payment.objects.filter(**recent).exclude(status=Payment.Status.PENDING),
        payment_count=Count("pk"),
        succeeded_count=Count("pk", filter=paid),
        risk_score=Avg("risk_score"),
    )
    refunds = _by_organization(
        Refund.objects.filter(**recent, status=Refund.Status.SUCCEEDED),
        refunded_count=Count("payment", distinct=True),
    )
    disputes = _by_organization(
        Dispute.objects.filter(**recent).exclude(status=Dispute.Status.PREVENTED),
        dispute_count=Count("pk"),
    )
    held = _by_organization(
        Payout.objects.filter(organization_id__in=ids, status=Payout.Status.HELD),
        held_count=Count("pk"),
    )
    plans = dict(
        FeePlan.objects.filter(organization_id__in=ids).values_list("organization_id", "name")
    )
    found = {}
    for key in ids:
        facts: dict[str, Any] = {}
        for rows in (payments, refunds, disputes, held):
            facts.update(rows.get(key, {}))
        score = facts.pop("risk_score", None)
        risk = None if score is None else round(score)
        found[key] = Signals(risk_score=risk, plan=plans.get(key, ""), **facts)
    return found


def priority_of(organization: Organization, signals: Signals, at: datetime) -> Priority:
    """How urgent the review of a merchant is, number by number."""
    return Priority(
        [
            _aging(organization, at),
            _risk(signals),
            _health(signals),
            _fast(organization, signals, at),
            _held(signals),
            _tier(signals),
        ]
    )


def _by_organization(rows: Any, **sums: Any) -> dict[UUID, dict[str, Any]]:
    grouped = rows.order_by().values("organization_id").annotate(**sums)
    return {row.pop("organization_id"): row for row in grouped}


def _aging(organization: Organization, at: datetime) -> Part:
    days = max(0, (at - organization.status_changed_at) // DAY)
    points = min(AGING_CAP, AGING_PER_DAY * days)
    return Part("Waiting", points, f"{days} days x {AGING_PER_DAY}, at most {AGING_CAP:.0f}.")


def _risk(signals: Signals) -> Part:
    score = signals.risk_score
    if score is None:
        return Part("Risk", 0, "No payment was scored.")
    if score < RISK_FROM:
        return Part("Risk", 0, f"Score {score} is below {RISK_FROM}.")
    return Part("Risk", score / 100 * RISK_POINTS, f"Score {score} of 100 x {RISK_POINTS:.0f}.")


def _health(signals: Signals) -> Part:
    title = "Payment health"
    if signals.payment_count < LEAST_PAYMENTS:
        return Part(title, 0, f"Fewer than {LEAST_PAYMENTS} payments.")
    points, why = 0.0, []
    if (signals.authorized or 0) < AUTHORIZED_FROM:
        points += AUTHORIZED_POINTS
        why.append(f"{signals.authorized or 0:.0%} authorized: {AUTHORIZED_POINTS:.0f}")
    if (signals.refunded or 0) >= REFUNDED_FROM:
        points += REFUNDED_POINTS
        why.append(f"{signals.refunded:.0%} refunded: {REFUNDED_POINTS:.0f}")
    if signals.dispute_count:
        points += DISPUTED_POINTS
        why.append(f"{signals.dispute_count} disputed: {DISPUTED_POINTS:.0f}")
    words = f"{'; '.join(why)}; at most {HEALTH_CAP:.0f}." if why else "Nothing stands out."
    return Part(title, min(HEALTH_CAP, points), words)


def _fast(organization: Organization, signals: Signals, at: datetime) -> Part:
    title, sales = "Fast mover", organization.total_balance
    if at - organization.created_at > YOUNG:
        return Part(title, 0, f"Older than {YOUNG.days} days.")
    ratio = max(sales / FAST_AMOUNT, signals.succeeded_count / FAST_PAYMENTS)
    if ratio < 1:
        return Part(title, 0, f"Below {FAST_AMOUNT // 100} of sales and {FAST_PAYMENTS} payments.")
    points = min(FAST_CAP, FAST_CAP / 2 * (1 + math.log10(ratio)))
    return Part(title, points, f"{ratio:.1f} times what is fast, on a logarithmic scale.")


def _held(signals: Signals) -> Part:
    if not signals.held_count:
        return Part("Held payout", 0, "None waits.")
    return Part("Held payout", HELD_POINTS, f"{signals.held_count} waits for the review.")


def _tier(signals: Signals) -> Part:
    tier = TIERS.get(signals.plan, 0)
    plan = signals.plan or "starter"
    why = f"Plan {plan}, tier {tier} x {TIER_POINTS:.0f}."
    return Part("Support tier", tier * TIER_POINTS, why)
