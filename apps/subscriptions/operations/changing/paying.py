"""
A change that has to be paid for before it is made.

The order is written and kept back, its entries tied to it, the whole computed change kept in a
pending update, and the attempt to charge begun: one transaction. Then the processor is asked, with
no transaction open. What becomes of the attempt decides: `order.paid` makes the change in the
transaction that makes the order paid, `order.finalize_failed` undoes the first one. So a process
that dies, or whose answer is lost, leaves a change that is open; whoever looks after the attempt
brings it to its end, and until then nothing else about the subscription is changed.
"""

from __future__ import annotations

import copy
from typing import Final
from uuid import UUID

from django.db import transaction

from apps.core.changes import assign
from apps.core.money import minimum_amount
from apps.core.origin import Origin
from apps.orders.errors import PaymentAlreadyInProgress
from apps.orders.models import Order
from apps.orders.operations import discard_draft_order, pay_order
from apps.orders.operations.recurring import write_subscription_order
from apps.payments.errors import OrganizationNotReadyForPayments
from apps.payments.models import ChargeAttempt
from apps.payments.operations import begin_charge_attempt
from apps.payments.operations.charging import ask_for_charge
from apps.subscriptions.locks import lock_subscription
from apps.subscriptions.models import BillingEntry, PendingUpdate, Subscription
from apps.subscriptions.operations.announcing import announce, change
from apps.subscriptions.operations.billing import link_entries, order_draft
from apps.subscriptions.operations.changing.applying import apply_change, values_of, write_entries
from apps.subscriptions.operations.changing.computing import Change, period_of
from apps.subscriptions.operations.changing.details import change_from, details_of
from apps.subscriptions.operations.changing.pending import (
    end_update,
    forget_quantity,
    waiting_update,
)
from apps.subscriptions.operations.changing.redeeming import use_new_discount
from apps.subscriptions.operations.cycling import RENEWALS
from apps.subscriptions.operations.pricing import net_value
from apps.subscriptions.proration import Quantity
from apps.subscriptions.selectors import static_entries
from apps.subscriptions.states import ENDED
from apps.wallets.operations import carry_over

_KEY: Final = "idempotency_key"
# Of the orders that a change may wait for.
REASONS: Final = frozenset(
    {
        Order.BillingReason.SUBSCRIPTION_UPDATE,
        Order.BillingReason.SUBSCRIPTION_CYCLE_AFTER_TRIAL,
    }
)


def pay_for_change(
    subscription: Subscription,
    wanted: Change,
    *,
    behavior: str,
    quantity: Quantity | None = None,
    origin: Origin,
) -> UUID | None:
    """
    Bill a change of a locked subscription, and everything else that waits on it, with one order.

    Where nothing is left to charge the change is made at once; otherwise the id of the attempt
    that `carry_out` is to make after the transaction. `quantity` says that only a number changes.

    :raises OrganizationNotReadyForPayments: while it may not take payments.
    :raises PaymentFailed: if the customer has nothing to charge.
    :raises DiscountNotRedeemable: if a new discount has not begun, is over or used up.
    :raises DiscountRedemptionLimitReached: if the customer has used it as often as one may.
    """
    if not subscription.organization.can(RENEWALS):
        raise OrganizationNotReadyForPayments
    is_discount_used = use_new_discount(subscription, wanted.discount, origin)
    own = write_entries(subscription, wanted, origin=origin)
    order = _keep_order(subscription, wanted, origin)
    PendingUpdate.objects.create(
        created_at=origin.at,
        organization_id=subscription.organization_id,
        subscription=subscription,
        timing=PendingUpdate.Timing.PAYMENT,
        applies_at=origin.at,
        product_id=wanted.product_id,
        discount=wanted.discount,
        changes_discount=is_discount_used,
        seats=wanted.seats,
        units=wanted.units,
        behavior=behavior,
        order=order,
        details={
            **details_of(wanted, quantity=quantity, entry_ids=[entry.pk for entry in own]),
            _KEY: origin.idempotency_key,
        },
    )
    if order.due_amount < minimum_amount(order.currency):
        _settle_without_charge(order, origin)
        return None
    method_id = _own_method_id(subscription)
    return begin_charge_attempt(order_id=order.pk, payment_method_id=method_id, origin=origin).pk


def is_carried_out(subscription: Subscription, origin: Origin) -> bool:
    """
    Whether this very request, known by its idempotency key, was paid for and made before.

    Who was told that the outcome is not known yet, or told nothing, asks again with the same key.
    """
    if not origin.idempotency_key:
        return False
    made = PendingUpdate.objects.filter(
        subscription=subscription,
        timing=PendingUpdate.Timing.PAYMENT,
        applied_at__isnull=False,
    )
    return made.filter(**{f"details__{_KEY}": origin.idempotency_key}).exists()


def carry_out(subscription_id: UUID, attempt_id: UUID | None, origin: Origin) -> Subscription:
    """
    Make the charge that a change depends on, outside a transaction; the subscription as it is then.

    :raises PaymentFailed: if it is declined; nothing has changed.
    :raises PaymentActionRequired: if it needs the customer; nothing has changed.
    :raises ProcessorUnavailable: if the processor was not reached; nothing has changed.
    :raises PaymentAlreadyInProgress: if the outcome is not known yet.
    """
    if attempt_id is not None:
        attempt = ChargeAttempt.objects.get(pk=attempt_id)
        ask_for_charge(attempt, is_first_try=True, origin=origin)
        if not Order.objects.get(pk=attempt.order_id).is_paid:
            raise PaymentAlreadyInProgress(
                "The processor has not confirmed the payment yet. The change is made once it has."
            )
    rows = Subscription.objects.select_related("organization", "customer", "product", "discount")
    return rows.get(pk=subscription_id)


@transaction.atomic
def apply_paid_change(*, order_id: UUID, origin: Origin) -> None:
    """
    Make the change that waited for this order to be paid; there may be none, or it was made.

    Should the subscription have ended meanwhile, the change is given up and
    `subscription.change_outdated` recorded: staff decide about the money.
    """
    found = _open_change(order_id)
    if found is None:
        return
    row, subscription = found
    if subscription.status in ENDED:
        end_update(row, origin)
        announce(
            subscription, "subscription.change_outdated", origin=origin, order_id=str(order_id)
        )
        return
    wanted, quantity = change_from(row.details)
    _settle_waiting(subscription, wanted, quantity, origin)
    apply_change(
        subscription,
        wanted,
        origin=origin,
        order_id=str(order_id),
        billing_reason=_reason(wanted).value,
        due_amount=0,
    )
    _learn_net_amount(subscription, order_id, origin)
    row.applied_at = row.modified_at = origin.at
    row.save(update_fields=["applied_at", "modified_at"])


@transaction.atomic
def discard_unpaid_change(*, order_id: UUID, origin: Origin) -> None:
    """
    Undo what was kept for a change whose charge has failed; there may be none.

    The order is given up with what it took from the balance given back, as is the use of a new
    discount, the entries of the change go, and the others that it would have billed wait again.
    """
    found = _open_change(order_id)
    if found is None:
        return
    row, _ = found
    tied = BillingEntry.objects.filter(order_item__order_id=order_id)
    tied.filter(pk__in=row.details["entry_ids"]).delete()
    tied.update(order_item=None)
    discard_draft_order(order_id=order_id, origin=origin)
    end_update(row, origin)


def _keep_order(subscription: Subscription, wanted: Change, origin: Origin) -> Order:
    """The order of the changed subscription, kept back until it is paid."""
    changed = changed_copy(subscription, wanted)
    entries = list(static_entries(subscription))
    draft = order_draft(
        changed,
        entries,
        reason=_reason(wanted),
        period=wanted.period if wanted.period != period_of(subscription) else None,
        is_draft=True,
    )
    order = write_subscription_order(draft, origin)
    link_entries(order, entries)
    return order


def _reason(wanted: Change) -> Order.BillingReason:
    if wanted.starts_billing:
        return Order.BillingReason.SUBSCRIPTION_CYCLE_AFTER_TRIAL
    return Order.BillingReason.SUBSCRIPTION_UPDATE


def changed_copy(subscription: Subscription, wanted: Change) -> Subscription:
    """The subscription as it will be, in memory alone."""
    changed = copy.copy(subscription)
    assign(changed, values_of(subscription, wanted))
    return changed


def _settle_without_charge(order: Order, origin: Origin) -> None:
    """Nothing is due, or less than the processor charges: that is left to the next order."""
    if order.due_amount:
        carry_over(
            customer_id=order.customer_id,
            organization_id=order.organization_id,
            currency=order.currency,
            order_id=order.pk,
            amount=order.due_amount,
            origin=origin,
        )
    pay_order(order_id=order.pk, origin=origin)


def _own_method_id(subscription: Subscription) -> UUID | None:
    """The subscription's own method while it can be charged; None asks for the customer's."""
    method = subscription.payment_method
    return method.pk if method is not None and method.deleted_at is None else None


def _open_change(order_id: UUID) -> tuple[PendingUpdate, Subscription] | None:
    """What waits for an order, with its subscription locked."""
    rows = PendingUpdate.objects.filter(
        order_id=order_id,
        timing=PendingUpdate.Timing.PAYMENT,
        applied_at=None,
        discarded_at=None,
    )
    row = rows.first()
    if row is None:
        return None
    subscription = lock_subscription(row.subscription_id)
    # Whoever had the lock may have ended it.
    row = rows.first()
    return (row, subscription) if row is not None else None


def _settle_waiting(
    subscription: Subscription, wanted: Change, quantity: Quantity | None, origin: Origin
) -> None:
    """What waited for the next period and is decided by the change that was paid."""
    if quantity is not None:
        forget_quantity(subscription, quantity, origin)
        return
    waiting = waiting_update(subscription)
    if waiting is not None:
        end_update(waiting, origin, kept=wanted.discount.pk if wanted.discount else None)


def _learn_net_amount(subscription: Subscription, order_id: UUID, origin: Origin) -> None:
    order = Order.objects.get(pk=order_id)
    net = net_value(
        subscription,
        behavior=order.tax_behavior,
        net_amount=order.net_amount,
        tax_amount=order.tax_amount,
    )
    change(subscription, {"net_amount": net}, origin)
