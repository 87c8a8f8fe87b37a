"""
Plans of verbs, by doing them and taking all of it back.

What a verb would do is found out by doing it, in a transaction that is rolled back: the row, the
orders, the balance, the bookings, the mails and the events are then exactly those that would
follow, and a refusal is the verb's own. A charge is taken to succeed. Whoever agreed to the plan
has it done with the same look at what it did, before it is committed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from apps.core.ids import new_id
from apps.core.origin import Origin
from apps.core.plans import Plan
from apps.events import registry
from apps.events.models import Event
from apps.orders.models import Order
from apps.orders.operations import pay_order
from apps.payments.operations.collecting import find_method
from apps.subscriptions.locks import lock_subscription
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations.changing.paying import carry_out
from apps.subscriptions.operations.describing import Followed, Look, describe, look_at
from apps.subscriptions.selectors import method_to_charge

# How the handlers that write mails are called, see `mails`.
_MAILING = ".mail_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """
    Something to be done with a subscription, whose plan is shown first.

    `act` is one transaction and returns the charge that is to be made after it, if any. With
    `is_drifting` the sums depend on how much of the period is left, and are of the moment.
    """

    subscription_id: UUID
    title: str
    act: Callable[[Origin], UUID | None]
    warnings: tuple[str, ...] = ()
    is_drifting: bool = False


def plan_deed(deed: Deed, origin: Origin) -> Plan:
    """
    What would follow from a deed at `origin.at`; nothing of it remains.

    :raises DomainError: what the deed itself refuses.
    """
    with transaction.atomic():
        before = look_at(lock_subscription(deed.subscription_id))
        mark = new_id()
        attempt_id = deed.act(origin)
        plan = _outcome(deed, before, mark, attempt_id, origin)
        transaction.set_rollback(True)
    return plan


def carry_out_deed(deed: Deed, *, agreed: str | None = None, origin: Origin) -> Subscription:
    """
    Do it; the subscription as it is then. Called outside a transaction: it may charge in between.

    `agreed` is the fingerprint of the plan that was shown.

    :raises PlanChanged: if something else would follow by now; nothing was done then.
    :raises DomainError: what the deed itself refuses.
    :raises PaymentFailed: if what has to be paid first is declined; nothing was changed then.
    """
    with transaction.atomic():
        before = look_at(lock_subscription(deed.subscription_id))
        mark = new_id()
        attempt_id = deed.act(origin)
        with transaction.atomic():
            plan = _outcome(deed, before, mark, attempt_id, origin)
            transaction.set_rollback(True)
        plan.require(agreed)
    return carry_out(deed.subscription_id, attempt_id, origin)


def _outcome(deed: Deed, before: Look, mark: UUID, attempt_id: UUID | None, origin: Origin) -> Plan:
    """What has followed since `mark` and will after the commit: charges paid, mails written."""
    charged = _pay(deed.subscription_id, mark, origin)
    events = _events(deed.subscription_id, mark)
    for event in events:
        _write_mails(event, origin)
    after = look_at(lock_subscription(deed.subscription_id))
    return describe(
        Followed(
            title=deed.title,
            warnings=deed.warnings,
            is_drifting=deed.is_drifting,
            is_paid_first=attempt_id is not None,
            before=before,
            after=after,
            charged=charged,
            events=events,
            mark=mark,
            origin=origin,
        )
    )


def _pay(subscription_id: UUID, mark: UUID, origin: Origin) -> dict[UUID, str]:
    """Take the charges of new orders to succeed; what each is charged to."""
    charged: dict[UUID, str] = {}
    rows = Order.objects.select_related("organization", "customer").filter(
        subscription_id=subscription_id, pk__gt=mark, status=Order.Status.PENDING
    )
    for order in rows.order_by("pk"):
        method = find_method(order, method_to_charge(subscription_id))
        charged[order.pk] = _method_name(method.method_metadata) if method else ""
        if method is not None:
            pay_order(order_id=order.pk, origin=origin)
    return charged


def _method_name(facts: dict[str, object]) -> str:
    brand, last4 = str(facts.get("brand") or "card").capitalize(), facts.get("last4")
    return f"{brand} •••• {last4}" if last4 else brand


def _events(subscription_id: UUID, mark: UUID) -> list[Event]:
    """What was recorded of the subscription and its orders."""
    orders = Order.objects.filter(subscription_id=subscription_id).values_list("pk", flat=True)
    subjects = [str(subscription_id), *(str(key) for key in orders)]
    rows = Event.objects.filter(pk__gt=mark, subject_id__in=subjects)
    return list(rows.filter(subject_type__in=("subscription", "order")).order_by("pk"))


def _write_mails(event: Event, origin: Origin) -> None:
    for name in registry.outbox_handlers(event):
        handler = registry.outbox_handler(name)
        if handler is not None and _MAILING in name:
            handler(event, origin)
