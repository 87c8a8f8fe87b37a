"""Earlier payments of the same customer or card that nobody disputed."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db.models import Q

from apps.core.money import format_amount
from apps.disputes.dossier import compelling, words
from apps.disputes.dossier.compelling import Purchase
from apps.disputes.dossier.evidence import Evidence, Section
from apps.disputes.dossier.registry import Case, Traits, traits_of
from apps.payments.models import Payment

LIMIT: Final = 20


def from_earlier_payments(case: Case) -> Evidence | None:
    """What was paid before, and what those purchases share with the disputed one."""
    payments = earlier_payments(case)
    if not payments:
        return None
    known = traits_of([case.payment, *payments])
    disputed = _purchase(case.payment, known)
    earlier = [_purchase(one, known) for one in payments]
    shared = [compelling.matches(disputed, one) for one in earlier]
    is_settling = _is_by_visas_rule(case) and compelling.is_compelling(
        disputed, earlier, disputed_at=case.dispute.opened_at
    )
    rows = tuple(
        (
            words.day(payment.created_at),
            payment.processor_id,
            ", ".join(both),
            format_amount(payment.amount, payment.currency),
        )
        for payment, both in zip(payments, shared, strict=True)
    )
    intro = f"{len(payments)} earlier payments that were neither disputed nor refunded."
    if len(payments) == 1:
        intro = "One earlier payment that was neither disputed nor refunded."
    rule = (
        "Two of them or more meet the requirements of Visa Compelling Evidence 3.0: the same card,"
        " 120 to 365 days before the dispute, and the IP address or device among what they share."
    )
    section = Section(
        title="Earlier undisputed payments",
        intro=f"{intro} {rule}" if is_settling else intro,
        columns=("Day", "Charge", "In common with the disputed one", "Amount"),
        rows=rows,
        amounts=(3,),
    )
    text = f"The same customer paid before without a dispute. {intro}"
    return Evidence(
        texts={"uncategorized_text": f"{text} {rule}" if is_settling else text},
        sections=(section,),
    )


def earlier_payments(case: Case) -> list[Payment]:
    """The latest of them, newest first: same customer or card, at the same organization."""
    whose = Q(customer_id=case.payment.customer_id) if case.payment.customer_id else Q()
    card = case.payment.method_metadata.get("fingerprint")
    if card:
        whose |= Q(method_metadata__fingerprint=card)
    if not whose:
        return []
    rows = Payment.objects.filter(
        whose,
        organization_id=case.payment.organization_id,
        status=Payment.Status.SUCCEEDED,
        created_at__lt=case.payment.created_at,
        disputes=None,
        fraud_warnings=None,
    ).exclude(refunds__status="succeeded")
    return list(rows.select_related("customer").order_by("-created_at", "pk")[:LIMIT])


def _is_by_visas_rule(case: Case) -> bool:
    code = case.dispute.network_reason_code
    return (
        case.dispute.reason == "fraudulent"
        and case.payment.method_metadata.get("brand") == "visa"
        and code in (None, "", compelling.REASON_CODE)
    )


def _purchase(payment: Payment, known: dict[UUID, Traits]) -> Purchase:
    traits = known.get(payment.pk, Traits())
    return Purchase(
        paid_at=payment.created_at,
        card=payment.method_metadata.get("fingerprint") or "",
        account=str(payment.customer_id or ""),
        email=payment.email or "",
        ip_address=traits.ip_address,
        device=traits.device,
    )
