"""Everything a reviewer looks at before deciding about one merchant, and who waits for that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import Q, Sum
from django.db.models.functions import TruncDate

from apps.backoffice.selectors.signals import Priority, Signals, priority_of, signals_of
from apps.catalog.models import Product
from apps.core.clock import moment
from apps.core.money import format_amount
from apps.core.staff.chart import Chart, bars
from apps.disputes.models import Dispute
from apps.ledger.kinds import AccountKind
from apps.ledger.models import Transfer
from apps.ledger.selectors.sales import sales_total
from apps.organizations.models import Organization, OrganizationReview, WebsiteCheck
from apps.organizations.onboarding import Step, description_of, steps_of
from apps.organizations.selectors import latest_review, latest_website_check
from apps.payouts.models import PayoutAccount
from apps.payouts.readiness import identity_of, status_of
from apps.payouts.selectors import profile_of

CURVE_DAYS: Final = 60
SHOWN: Final = 6
# As many as are ranked at once.
MOST_WAITING: Final = 2000


@dataclass(frozen=True, slots=True)
class Waiting:
    """A merchant that waits for a decision."""

    organization: Organization
    signals: Signals
    priority: Priority
    review: OrganizationReview | None


@dataclass(frozen=True, slots=True)
class ReviewSheet:
    """One merchant on one screen; amounts in minor units of `currency`."""

    organization: Organization
    review: OrganizationReview | None
    signals: Signals
    priority: Priority
    currency: str
    total: int
    curve: Chart | None
    curve_total: int
    steps: Sequence[Step]
    description: str
    products: Sequence[Product]
    disputes: Sequence[Dispute]
    account: PayoutAccount | None
    account_status: str
    identity: str
    website: WebsiteCheck | None
    history: Sequence[OrganizationReview]

    @property
    def missing_count(self) -> int:
        """Steps of the onboarding that are not done and stand in the way."""
        return sum(1 for one in self.steps if one.is_required and not one.is_done)

    @property
    def doubt_count(self) -> int:
        """Steps that stop nobody and are not done."""
        return sum(1 for one in self.steps if not one.is_required and not one.is_done)


def review_sheet(organization: Organization) -> ReviewSheet:
    """The facts about a merchant as of its clock, in some twenty queries."""
    at = moment(organization.clock_offset)
    signals = signals_of([organization.pk], at)[organization.pk]
    profile = profile_of(organization.pk)
    account = profile.payout_account if profile else None
    days = _sales_by_day(organization, at)
    products = Product.objects.filter(organization=organization, deleted_at=None)
    disputes = Dispute.objects.filter(organization=organization).select_related("order", "customer")
    return ReviewSheet(
        organization=organization,
        review=latest_review(organization),
        signals=signals,
        priority=priority_of(organization, signals, at),
        currency=settings.SETTLEMENT_CURRENCY,
        total=sales_total(organization.pk),
        curve=bars(days, _said) if any(amount for _, amount in days) else None,
        curve_total=sum(amount for _, amount in days),
        steps=steps_of(organization),
        description=description_of(organization),
        products=list(products.order_by("-created_at")[:SHOWN]),
        disputes=list(disputes.order_by("-created_at")[:SHOWN]),
        account=account,
        account_status=status_of(account) if account else "",
        identity=identity_of(account),
        website=latest_website_check(organization),
        history=list(organization.reviews.order_by("-created_at", "-pk")[:SHOWN]),
    )


def waiting_reviews() -> list[Waiting]:
    """
    Who waits for a decision, most urgent first: under review, first reviews, pending appeals.

    The 2,000 that wait longest are ranked, in eight queries.
    """
    open_reviews = OrganizationReview.objects.filter(verdict=None)
    appeals = OrganizationReview.objects.filter(
        appeal_submitted_at__isnull=False, appeal_decision=None
    )
    rows = Organization.objects.filter(deleted_at=None).filter(
        Q(status=Organization.Status.REVIEW)
        | Q(
            status=Organization.Status.CREATED,
            pk__in=open_reviews.values("organization_id"),
        )
        | Q(pk__in=appeals.values("organization_id"))
    )
    organizations = list(rows.order_by("status_changed_at", "pk")[:MOST_WAITING])
    now = moment()
    signals = signals_of([one.pk for one in organizations], now)
    pending = {one.organization_id: one for one in appeals} | {
        one.organization_id: one for one in open_reviews.filter(organization__in=organizations)
    }
    found = [
        Waiting(
            one,
            signals[one.pk],
            priority_of(one, signals[one.pk], now + one.clock_offset),
            pending.get(one.pk),
        )
        for one in organizations
    ]
    return sorted(found, key=lambda one: -one.priority.points)


def _sales_by_day(organization: Organization, at: datetime) -> list[tuple[date, int]]:
    """What its sales gave it on each of the last days, before fees, refunds and disputes."""
    first = (at - timedelta(days=CURVE_DAYS - 1)).date()
    rows = Transfer.objects.filter(
        type="balance",
        credit_account__organization=organization,
        credit_account__kind=AccountKind.MERCHANT_BALANCE,
        currency=settings.SETTLEMENT_CURRENCY,
        posted_at__date__gte=first,
        posted_at__lte=at,
    )
    by_day = rows.order_by().annotate(day=TruncDate("posted_at")).values("day")
    sums = {row["day"]: row["total"] for row in by_day.annotate(total=Sum("amount"))}
    days = [first + timedelta(days=number) for number in range(CURVE_DAYS)]
    return [(day, int(sums.get(day, 0))) for day in days]


def _said(amount: int) -> str:
    return format_amount(amount, settings.SETTLEMENT_CURRENCY)
