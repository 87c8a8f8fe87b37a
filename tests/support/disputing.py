"""Orders whose payment is disputed at the sandbox Stripe, and what must hold of them."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from typing import Any

from apps.disputes.models import Dispute
from apps.events.models import Event
from apps.orders.models import Order
from apps.payments.models import Payment
from tests.support.books import broken_books
from tests.support.refunding import held_by, state_of
from tests.support.tills import Till

ALERT_SECRET = "alerts-are-signed-with-this"


def charge_of(order: Order) -> str:
    """The charge that paid an order."""
    return Payment.objects.get(order=order).processor_id


def dispute_at_stripe(till: Till, order: Order, **facts: Any) -> str:
    """The bank of the payer disputes the payment of an order; nobody here has heard of it."""
    made = till.sim.control("disputes", {"charge": charge_of(order), **facts})
    return str(made["id"])


def disputed(till: Till, order: Order, **facts: Any) -> Dispute:
    """The same, and we have heard of it."""
    made = dispute_at_stripe(till, order, **facts)
    till.settle()
    return Dispute.objects.get(processor_id=made)


def decide(till: Till, dispute: Dispute, outcome: str) -> Dispute:
    """The bank decides: won, lost, prevented (of an inquiry), or it escalates one."""
    till.sim.control(f"disputes/{dispute.processor_id}", {"outcome": outcome})
    till.settle()
    dispute.refresh_from_db()
    return dispute


def told(kind: str) -> int:
    """How many events of a kind there are."""
    return Event.objects.filter(type=kind).count()


def money(order: Order) -> dict[str, int]:
    """What the merchant's accounts and the contested one hold, the empty ones left out."""
    platform = held_by(None)
    mine = held_by(order.organization_id)
    kinds = {**mine, "contested_payments": platform.get("contested_payments", 0)}
    return {kind: amount for kind, amount in kinds.items() if amount}


def require_sound(order: Order, status: str, net: int, tax: int) -> None:
    """The order is in this state, and the books are sound."""
    assert state_of(order) == (status, net, tax)
    assert not broken_books()


def alert_body(order: Order, outcome: str | None = None, **facts: Any) -> dict[str, Any]:
    """What the provider of alerts sends about the payment of an order."""
    payment = Payment.objects.get(order=order)
    alert = {
        "id": "alert_1",
        "integration_transaction_id": payment.intent_id,
        "transaction_amount_in_cents": payment.amount,
        "transaction_currency_code": payment.currency.upper(),
        "transaction_refund_outcome": outcome,
        **facts,
    }
    return {"type": "alert.created", "data": alert}


def signed(body: bytes, secret: str = ALERT_SECRET, *, age: int = 0) -> str:
    """The header that proves where an alert comes from."""
    seconds = int(time.time()) - age
    digest = hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha512)
    return f"t={seconds},v1={digest.hexdigest()}"


def send_alert(client: Any, body: dict[str, Any], **signing: Any) -> Any:
    """Deliver an alert to our endpoint."""
    raw = json.dumps(body).encode()
    return client.post(
        "/webhooks/chargebackstop",
        data=raw,
        content_type="application/json",
        headers={"Chargebackstop-Signature": signed(raw, **signing)},
    )
