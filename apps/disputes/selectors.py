"""Reads of disputes across tables."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from apps.core.timers import Due
from apps.disputes.conceding import Concession
from apps.disputes.models import Dispute
from apps.ledger.kinds import AccountKind
from apps.ledger.models import Entry
from apps.ledger.sales import payment_reference
from apps.ledger.selectors import balances_of
from apps.payments.selectors.clocks import organization_time

# When to ask again for what became of an acceptance whose answer was lost.
ACCEPT_PATIENCE = timedelta(minutes=1)


def presentable_disputes() -> QuerySet[Dispute]:
    """Disputes as merchants see them: those of orders."""
    rows = Dispute.objects.filter(order__isnull=False, customer__isnull=False)
    return rows.select_related("customer")


def concession_of(dispute: Dispute) -> Concession:
    """What decides whether a dispute is conceded by itself, as it is now."""
    organization = dispute.organization
    features = organization.feature_settings
    return Concession(
        status=dispute.status,
        gross_amount=dispute.gross_amount,
        exchange_rate=exchange_rate_of(dispute),
        threshold_amount=organization.dispute_settings.get("auto_accept_below_amount"),
        balance_amount=balance_of(dispute.organization_id),
        is_enabled=bool(
            features.get("disputes_enabled") and features.get("dispute_auto_accept_enabled")
        ),
        has_alert=dispute.alert_id is not None,
        has_reply=dispute.merchant_replied_at is not None,
        is_inquiry=dispute.is_inquiry,
    )


def exchange_rate_of(dispute: Dispute) -> Decimal:
    """The rate at which its payment settled; 1 for one that is not in the books."""
    reference = payment_reference(dispute.payment.processor_id)
    rates = Entry.objects.filter(reference=reference).values_list("exchange_rate", flat=True)
    return rates.first() or Decimal(1)


def balance_of(organization_id: UUID) -> int:
    """What a merchant has in the settlement currency, with what is kept of it for disputes."""
    kinds = (AccountKind.MERCHANT_BALANCE, AccountKind.DISPUTE_HOLDS)
    return sum(
        row.balance.amount
        for row in balances_of(organization_id)
        if row.balance.kind in kinds and row.balance.currency == settings.SETTLEMENT_CURRENCY
    )


def due_concession_ids(*, at: datetime, limit: int) -> list[UUID]:
    """Disputes that are to be conceded by now; `at` is the machine's time."""
    rows = Dispute.objects.filter(auto_accept_at__lte=organization_time(at))
    return list(rows.order_by("auto_accept_at").values_list("pk", flat=True)[:limit])


def past_due_ids(*, at: datetime, limit: int) -> list[UUID]:
    """Disputes whose deadline has passed without being marked; `at` is the machine's time."""
    rows = _unmarked().filter(evidence_due_at__lte=organization_time(at))
    return list(rows.order_by("evidence_due_at").values_list("pk", flat=True)[:limit])


def open_acceptance_ids(*, at: datetime, limit: int) -> list[UUID]:
    """Disputes that were conceded and of which no answer came; `at` is the machine's time."""
    rows = Dispute.objects.filter(
        accept_asked_at__lte=organization_time(at - ACCEPT_PATIENCE), accepted_at=None
    )
    return list(rows.order_by("accept_asked_at").values_list("pk", flat=True)[:limit])


def open_submission_ids(*, at: datetime, limit: int) -> list[UUID]:
    """Disputes whose evidence was sent and of which no answer came; `at` is the machine's time."""
    due = organization_time(at - ACCEPT_PATIENCE)
    rows = Dispute.objects.filter(dossier__submit_asked_at__lte=due)
    return list(rows.order_by("dossier__submit_asked_at").values_list("pk", flat=True)[:limit])


def concessions_due(organization_id: UUID, until: datetime) -> list[Due]:
    """What is to be conceded by then, by the organization's own clock."""
    rows = Dispute.objects.filter(organization_id=organization_id, auto_accept_at__lte=until)
    listed = rows.order_by("auto_accept_at").values_list("auto_accept_at", "pk", "customer_id")
    return [Due(at, pk, customer or pk) for at, pk, customer in listed[:1000] if at]


def deadlines_due(organization_id: UUID, until: datetime) -> list[Due]:
    """What will be past due by then, by the organization's own clock."""
    rows = _unmarked().filter(organization_id=organization_id, evidence_due_at__lte=until)
    listed = rows.order_by("evidence_due_at").values_list("evidence_due_at", "pk", "customer_id")
    return [Due(at, pk, customer or pk) for at, pk, customer in listed[:1000] if at]


def _unmarked() -> QuerySet[Dispute]:
    return Dispute.objects.filter(status=Dispute.Status.NEEDS_RESPONSE, is_past_due=False)
