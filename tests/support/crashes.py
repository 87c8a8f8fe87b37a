"""
A process that dies at a chosen point of a sale.

The product knows nothing of this: the point is a function that is wrapped before the work begins,
so that the process ends without any goodbye (`os._exit`) before or after it.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from tests.support import mortals
from tests.support.mortals import EXIT_CODE

__all__ = ["EXIT_CODE", "run", "work"]

# When the buyer confirms: (function, before or after it).
CONFIRM_POINTS = {
    "before the intention commits": ("apps.checkouts.operations.confirming:record", "after"),
    "before the customer is made": ("apps.processors.gateway:create_customer", "before"),
    "after the customer is made": ("apps.processors.gateway:create_customer", "after"),
    "before the payment is asked for": (
        "apps.processors.gateway:confirm_payment_intent",
        "before",
    ),
    "after the payment is asked for": ("apps.processors.gateway:confirm_payment_intent", "after"),
    "before the answer commits": ("apps.checkouts.operations.charging:lock_checkout", "after"),
    "after the answer commits": ("apps.checkouts.operations.charging:_note_intent", "after"),
}
# When a buyer begins a trial: the card is saved, not charged.
TRIAL_POINTS = {
    "before the trial's intention commits": (
        "apps.checkouts.operations.guarding:redeem",
        "after",
    ),
    "before the card is saved": ("apps.processors.gateway:confirm_setup_intent", "before"),
    "after the card is saved": ("apps.processors.gateway:confirm_setup_intent", "after"),
    "before the saved card is noted": (
        "apps.checkouts.operations.charging:lock_checkout",
        "after",
    ),
    "after the saved card is noted": ("apps.checkouts.operations.charging:_note_intent", "after"),
}
# When a dispute is conceded.
ACCEPT_POINTS = {
    "before the acceptance is written": (
        "apps.disputes.operations.accepting:announce_dispute",
        "after",
    ),
    "before the dispute is closed": ("apps.processors.gateway.disputes:close_dispute", "before"),
    "after the dispute is closed": ("apps.processors.gateway.disputes:close_dispute", "after"),
    "before the loss is booked": (
        "apps.disputes.operations.moving:post_dispute_loss",
        "before",
    ),
    "before the loss commits": ("apps.disputes.operations.moving:count_dispute", "after"),
    "after the loss commits": ("apps.disputes.operations.moving:count_dispute", "committed"),
}
# When the worker takes up a dispute.
DISPUTE_POINTS = {
    "before the dispute is kept": ("apps.disputes.operations.recording:contested_parts", "after"),
    "before its money is booked": ("apps.disputes.operations.moving:post_dispute", "before"),
    "before the dispute commits": ("apps.disputes.operations.recording:contest_payment", "after"),
    "after the dispute commits": (
        "apps.disputes.operations.recording:contest_payment",
        "committed",
    ),
}
# When the worker handles that the card was saved.
SETUP_POINTS = {
    "before the saved card is read": ("apps.processors.gateway:read_setup_intent", "before"),
    "before the trial begins": ("apps.checkouts.operations.settling:fulfil", "before"),
    "before the trial commits": ("apps.checkouts.operations.settling:fulfil", "after"),
}
# When a merchant finalizes a draft.
FINALIZE_POINTS = {
    "before the claim commits": ("apps.payments.operations.attempting:request_of", "after"),
    "before the charge is asked for": ("apps.processors.gateway:charge_off_session", "before"),
    "after the charge is asked for": ("apps.processors.gateway:charge_off_session", "after"),
    "before the intent commits": (
        "apps.payments.operations.attempting:lock_charge_attempt",
        "after",
    ),
    "before the answer is booked": ("apps.payments.operations.charging:book_paid_intent", "before"),
    "before the payment commits": ("apps.payments.operations.attempting:pay_locked_order", "after"),
}
# When a change of a subscription is paid for.
CHANGE_POINTS = {
    "before the change is kept": (
        "apps.subscriptions.operations.changing.paying:begin_charge_attempt",
        "after",
    ),
    "before its charge is asked for": ("apps.processors.gateway:charge_off_session", "before"),
    "after its charge is asked for": ("apps.processors.gateway:charge_off_session", "after"),
    "before it is made": ("apps.subscriptions.operations.changing.paying:apply_change", "before"),
    "before it commits": ("apps.subscriptions.operations.changing.paying:apply_change", "after"),
    "after it commits": (
        "apps.subscriptions.operations.changing.paying:apply_change",
        "committed",
    ),
}
# When a subscription is carried over the end of its period.
CYCLE_POINTS = {
    "before the period has begun": (
        "apps.subscriptions.operations.cycling:open_updates",
        "after",
    ),
    "before its entries are written": (
        "apps.subscriptions.operations.cycling:write_cycle_entries",
        "before",
    ),
    "before its order is written": (
        "apps.subscriptions.operations.billing:write_subscription_order",
        "before",
    ),
    "before the balance has moved": ("apps.orders.operations.recurring:apply_to_order", "after"),
    "before the entries are tied to it": (
        "apps.subscriptions.operations.billing:link_entries",
        "before",
    ),
    "before the renewal is told": ("apps.subscriptions.operations.cycling:announce", "before"),
    "before the renewal commits": ("apps.subscriptions.operations.cycling:announce", "after"),
    "after the renewal commits": ("apps.subscriptions.operations.cycling:announce", "committed"),
}
# When a renewal is collected, and when that is refused.
COLLECT_POINTS = {
    "before the attempt commits": (
        "apps.payments.operations.collecting:claim_for_attempt",
        "after",
    ),
    "before the renewal is charged": ("apps.processors.gateway:charge_off_session", "before"),
    "after the renewal is charged": ("apps.processors.gateway:charge_off_session", "after"),
    "before the renewal is paid": (
        "apps.payments.operations.attempting:pay_locked_order",
        "before",
    ),
    "before its books commit": ("apps.payments.operations.booking:set_platform_fee", "after"),
    "after its books commit": ("apps.payments.operations.charging:book_paid_intent", "after"),
}
REFUSAL_POINTS = {
    "before the refusal is asked for": ("apps.payments.operations.charging:_ask", "before"),
    "before the refusal is recorded": ("apps.payments.operations.charging:_refused", "before"),
    "before the refusal commits": ("apps.subscriptions.operations.dunning:mark_past_due", "after"),
    "after the refusal commits": ("apps.payments.operations.charging:_refused", "after"),
}
# When money of an order is given back.
REFUND_POINTS = {
    "before the refund is written": (
        "apps.payments.operations.refunds.refunding:write_refund",
        "after",
    ),
    "before the refund is asked for": ("apps.processors.gateway.refunds:create_refund", "before"),
    "after the refund is asked for": ("apps.processors.gateway.refunds:create_refund", "after"),
    "before the refund is booked": (
        "apps.payments.operations.refunds.recording:post_refund",
        "before",
    ),
    "before the refund commits": (
        "apps.payments.operations.refunds.recording:reduce_by_refund",
        "after",
    ),
    "after the refund commits": (
        "apps.payments.operations.refunds.recording:reduce_by_refund",
        "committed",
    ),
}
# When the worker handles what the processor reports.
WORKER_POINTS = {
    "before the charge is recorded": ("apps.payments.inbound.payments:record_charge", "before"),
    "before the sale commits": ("apps.payments.inbound.payments:record_charge", "after"),
    "before the settlement is read": ("apps.processors.gateway:read_balance_transaction", "before"),
    "after the settlement is read": ("apps.processors.gateway:read_balance_transaction", "after"),
    "before the books commit": ("apps.payments.inbound.payments:book_charge", "after"),
    "after a commit": ("apps.processors.operations.inbound:_run_handlers", "committed"),
}


def run(work: str, point: str, stripe_url: str, **arguments: Any) -> int:
    """Do `work` in a process that dies at `point`; its exit code."""
    return mortals.run("crashes", stripe_url, work, point, arguments)


def _confirm(checkout_id: str, token: str, buyer: dict[str, Any]) -> None:
    from apps.checkouts.operations import confirm_checkout
    from apps.core.origin import Door, system_origin

    confirm_checkout(
        checkout_id=import_module("uuid").UUID(checkout_id),
        changes=buyer,
        confirmation_token_id=token,
        origin=system_origin(Door.CHECKOUT),
    )


def _finalize(order_id: str) -> None:
    from apps.core.origin import Door, system_origin
    from apps.payments.operations import finalize_order

    finalize_order(order_id=import_module("uuid").UUID(order_id), origin=system_origin(Door.API))


def _change(subscription_id: str, product_id: str) -> None:
    from apps.core.origin import Door, system_origin
    from apps.subscriptions.operations import change_product

    uuid = import_module("uuid").UUID
    change_product(
        subscription_id=uuid(subscription_id),
        product_id=uuid(product_id),
        behavior="invoice",
        origin=system_origin(Door.API),
    )


def _cycle(subscription_id: str, at: str) -> None:
    from datetime import datetime

    from apps.core.origin import Actor, Door, Origin
    from apps.subscriptions.operations import cycle_subscription

    origin = Origin(actor=Actor.SYSTEM, door=Door.TASK, at=datetime.fromisoformat(at))
    cycle_subscription(subscription_id=import_module("uuid").UUID(subscription_id), origin=origin)


def _collect(order_id: str, at: str) -> None:
    from datetime import datetime

    from apps.core.clock import pinned
    from apps.core.origin import Door, system_origin
    from apps.payments.operations import collect_order

    with pinned(datetime.fromisoformat(at)):
        collect_order(
            order_id=import_module("uuid").UUID(order_id),
            trigger="subscription_cycle",
            origin=system_origin(Door.TASK),
        )


def _refund(order_id: str, amount: int) -> None:
    from apps.core.origin import Door, system_origin
    from apps.payments.operations import RefundInput, refund_order

    refund_order(
        order_id=import_module("uuid").UUID(order_id),
        data=RefundInput(reason="customer_request", source="api", amount=amount),
        origin=system_origin(Door.API),
    )


def _accept(dispute_id: str) -> None:
    from apps.core.origin import Door, system_origin
    from apps.disputes.operations import accept_dispute

    accept_dispute(
        dispute_id=import_module("uuid").UUID(dispute_id), origin=system_origin(Door.API)
    )


def _handle() -> None:
    from apps.core.origin import Door, system_origin
    from apps.processors.models import InboundEvent
    from apps.processors.operations import handle_inbound_event

    open_events = InboundEvent.objects.filter(status=InboundEvent.Status.RECEIVED)
    for event in open_events.order_by("received_at", "id"):
        handle_inbound_event(event_id=event.pk, origin=system_origin(Door.TASK))


def work(name: str, point: str, arguments: dict[str, Any]) -> None:
    """What the process does."""
    points = {
        **CONFIRM_POINTS,
        **TRIAL_POINTS,
        **SETUP_POINTS,
        **FINALIZE_POINTS,
        **CHANGE_POINTS,
        **CYCLE_POINTS,
        **COLLECT_POINTS,
        **REFUSAL_POINTS,
        **REFUND_POINTS,
        **ACCEPT_POINTS,
        **DISPUTE_POINTS,
        **WORKER_POINTS,
    }
    mortals.die_at(*points[point])
    works = {
        "confirm": _confirm,
        "finalize": _finalize,
        "change": _change,
        "cycle": _cycle,
        "collect": _collect,
        "refund": _refund,
        "accept": _accept,
        "handle": _handle,
    }
    works[name](**arguments)
