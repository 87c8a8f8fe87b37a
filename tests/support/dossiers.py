"""A disputed payment with everything that is worked on, as rows."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from apps.accounts.models import User
from apps.core.ids import new_id
from apps.core.origin import Actor, Door, build_origin
from apps.disputes.models import (
    Dispute,
    DisputeAttachment,
    DisputeNote,
    Dossier,
    DossierVersion,
    EarlyFraudWarning,
)
from apps.orders.models import Order
from apps.payments.models import Payment

SECTION = {"title": "Customer", "facts": [["Name", "Ada"], ["E-mail", "ada@example.com"]]}


def make_disputed(order: Order, payment: Payment, *, at: datetime, **facts: Any) -> Dispute:
    """A dispute that waits for an answer, gathered, noted and warned of."""
    key = new_id().hex[-12:]
    dispute = Dispute.objects.create(
        **{
            "organization": payment.organization,
            "payment": payment,
            "order": order,
            "customer": order.customer,
            "status": "needs_response",
            "amount": order.net_amount,
            "tax_amount": order.tax_amount,
            "currency": payment.currency,
            "reason": "fraudulent",
            "network_reason_code": "10.4",
            "processor_id": f"du_{key}",
            "evidence_due_at": at + timedelta(days=9),
            "opened_at": at,
            "withdrawn_at": at,
            "created_at": at,
            **facts,
        }
    )
    dossier = Dossier.objects.create(
        dispute=dispute,
        texts={"customer_name": "Ada", "product_description": "An icon set."},
        sections=[SECTION],
        gathered_at=at,
        created_at=at,
    )
    DossierVersion.objects.create(
        dossier=dossier,
        number=1,
        texts=dossier.texts,
        sections=dossier.sections,
        summary="Gathered",
        created_at=at,
    )
    EarlyFraudWarning.objects.create(
        organization=payment.organization,
        payment=payment,
        processor_id=f"issfr_{key}",
        fraud_type="made_with_stolen_card",
        is_actionable=False,
        received_at=at,
        created_at=at,
    )
    author, _ = User.objects.get_or_create(
        email="notes@example.com", defaults={"staff_role": "support"}
    )
    DisputeNote.objects.create(
        dispute=dispute, author=author, text="The buyer wrote to us.", created_at=at
    )
    DisputeAttachment.objects.create(
        dispute=dispute,
        name="chat.pdf",
        content_type="application/pdf",
        content=b"%PDF-",
        size=5,
        checksum="0" * 64,
        slot="customer_communication",
        added_by=author,
        created_at=at,
    )
    return dispute


def staff_origin(user: User) -> Any:
    """A member of staff, now."""
    return build_origin(
        actor=Actor.STAFF, actor_id=str(user.pk), actor_label=user.email, door=Door.BACKOFFICE
    )
