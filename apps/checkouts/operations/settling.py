"""How a confirmed checkout ends: bought, or open again."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from apps.checkouts.errors import OutdatedCheckoutIntent
from apps.checkouts.locks import lock_checkout
from apps.checkouts.models import Checkout
from apps.checkouts.operations.forgetting import leave_forgotten
from apps.checkouts.operations.fulfilling import fulfil
from apps.checkouts.operations.guarding import give_back_what_is_limited
from apps.checkouts.operations.seating import seat_buyer_of
from apps.checkouts.states import CHECKOUT, PAYABLE
from apps.core.jobs import enqueue
from apps.core.origin import Origin
from apps.events.operations import record
from apps.orders.models import Order
from apps.payments.models import Payment, PaymentMethod
from apps.payments.operations import (
    allocate_receipt,
    link_payment,
    save_payment_method,
    set_default_payment_method,
)
from apps.processors.gateway import Intent


@transaction.atomic
def handle_success(
    *,
    checkout_id: UUID,
    payment: Payment | None,
    method: PaymentMethod | None = None,
    setup: Intent | None = None,
    attempt: int | None = None,
    origin: Origin,
) -> Order:
    """
    Turn a checkout into its order and, where it sells one, its subscription, once.

    `payment` is what paid it, with the `method` it saved; `setup` the intent that saved a method
    where nothing is due yet (a trial); neither where it is free. A saved method becomes the
    customer's default and is charged for the renewals.

    The second call returns the same order. Money that was taken is served also when the checkout
    is open again or has expired (the buyer finished an authentication that had failed before), as
    long as it is what the checkout asks for.

    :raises OutdatedCheckoutIntent: if the payment is not for the checkout as it is now. Waiting
        changes nothing about that: a confirmation is committed before the processor is asked.
    """
    checkout = lock_checkout(checkout_id)
    if checkout.status == Checkout.Status.SUCCEEDED:
        return _repeated(checkout, payment)
    if payment is not None:
        _require_match(checkout, payment, attempt)
        _name_buyer(checkout, payment)
    elif setup is not None:
        _require_setup_match(checkout, setup)
        method = _saved_method(checkout, setup, origin)
    elif checkout.status != Checkout.Status.CONFIRMED or checkout.intent_request is not None:
        raise OutdatedCheckoutIntent("Only a confirmed checkout without a payment is free.")
    before = checkout.status
    if before != Checkout.Status.CONFIRMED:
        CHECKOUT.require(checkout.status, Checkout.Status.CONFIRMED)
        checkout.status = Checkout.Status.CONFIRMED
        checkout.confirmed_at = origin.at
    CHECKOUT.require(checkout.status, Checkout.Status.SUCCEEDED)
    order = fulfil(checkout, is_paid=payment is not None, method=method, origin=origin)
    _make_default(checkout, method, origin)
    if payment is not None:
        link_payment(payment=payment, order=order, origin=origin)
        allocate_receipt(order=order, origin=origin)
    checkout.status = Checkout.Status.SUCCEEDED
    checkout.succeeded_at = checkout.modified_at = origin.at
    checkout.next_check_at = None
    checkout.intent_status = "succeeded" if payment is not None or setup is not None else None
    checkout.intent_client_secret = None
    checkout.failure_message = ""
    leave_forgotten(checkout)
    checkout.save()
    record(
        "checkout.succeeded",
        subject=checkout,
        organization_id=checkout.organization_id,
        origin=origin,
        changes={"status": (before, "succeeded")},
        payload={
            "order_id": str(order.pk),
            "subscription_id": str(order.subscription_id) if order.subscription_id else None,
            "payment_id": str(payment.pk) if payment is not None else None,
        },
    )
    seat_buyer_of(checkout, order, origin)
    return order


@transaction.atomic
def handle_failure(
    *, checkout_id: UUID, attempt: int | None, message: str, origin: Origin
) -> Checkout:
    """
    Open a checkout again whose payment has failed, so that the buyer can try another way.

    Who they are is open again too, where only what they typed said so: they may have mistyped. The
    trial and the use of a discount are given back.

    Does nothing if it is no longer confirmed, or if `attempt` (None: the present one) is not the
    attempt that is under way: a late message about an earlier one must not open the way for a
    second charge.
    """
    checkout = lock_checkout(checkout_id)
    if checkout.status != Checkout.Status.CONFIRMED:
        return checkout
    if attempt is not None and attempt != checkout.attempt_count:
        return checkout
    CHECKOUT.require(checkout.status, Checkout.Status.OPEN)
    checkout.status = Checkout.Status.OPEN
    checkout.outdated_intent_id = checkout.intent_id or checkout.outdated_intent_id
    checkout.intent_client_secret = checkout.intent_status = checkout.next_check_at = None
    checkout.confirmation_token_id = None
    checkout.failure_message = message
    give_back_what_is_limited(checkout, origin)
    leave_forgotten(checkout)
    if checkout.is_customer_typed:
        checkout.customer = None
        checkout.is_customer_typed = checkout.is_customer_matched_by_email = False
    checkout.modified_at = origin.at
    checkout.save()
    record(
        "checkout.reopened",
        subject=checkout,
        organization_id=checkout.organization_id,
        origin=origin,
        changes={"status": ("confirmed", "open")},
        payload={"attempt": checkout.attempt_count, "message": message},
    )
    if checkout.outdated_intent_id:
        enqueue("checkouts.withdraw_former_intent", queue="high", checkout_id=str(checkout.pk))
    return checkout


def _repeated(checkout: Checkout, payment: Payment | None) -> Order:
    order = Order.objects.get(checkout_id=checkout.pk)
    if payment is not None and payment.order_id != order.pk:
        raise OutdatedCheckoutIntent("The checkout has been paid by another payment.")
    return order


def _require_match(checkout: Checkout, payment: Payment, attempt: int | None) -> None:
    # A payment that names no attempt was not asked for by one, unless it is its very intent.
    is_own = _is_own(checkout, payment)
    is_same = is_own or (bool(attempt) and attempt == checkout.attempt_count)
    is_alive = checkout.status in PAYABLE
    is_right = (payment.amount, payment.currency) == (checkout.total_amount, checkout.currency)
    # Metadata can be copied: one merchant's money must never pay another's sale, nor one
    # buyer's the next one's. A buyer deleted meanwhile is nobody's.
    is_theirs = payment.organization_id == checkout.organization_id and (
        is_own or payment.customer_id in (None, checkout.customer_id)
    )
    if not (is_same and is_alive and is_right and is_theirs):
        raise OutdatedCheckoutIntent


def _require_setup_match(checkout: Checkout, setup: Intent) -> None:
    """
    Pass if a saved method belongs to the attempt that is under way, and to its buyer.

    Unlike money it is worth nothing to a checkout that is open again or over.
    """
    is_theirs = (
        checkout.customer is not None
        and setup.customer_id is not None
        and setup.customer_id == checkout.customer.processor_customer_id
    )
    is_same = setup.id == checkout.intent_id or (
        checkout.intent_id is None
        and setup.metadata.get("checkout_id") == str(checkout.pk)
        and setup.metadata.get("checkout_attempt") == str(checkout.attempt_count)
    )
    is_asked = checkout.intent_kind == Checkout.IntentKind.SETUP
    is_alive = checkout.status == Checkout.Status.CONFIRMED
    if not (is_theirs and is_same and is_asked and is_alive and setup.status == "succeeded"):
        raise OutdatedCheckoutIntent("The saved method belongs to another attempt.")


def _saved_method(checkout: Checkout, setup: Intent, origin: Origin) -> PaymentMethod:
    if checkout.customer is None or setup.method is None:
        raise OutdatedCheckoutIntent("No method was saved.")
    return save_payment_method(customer=checkout.customer, method=setup.method, origin=origin)


def _make_default(checkout: Checkout, method: PaymentMethod | None, origin: Origin) -> None:
    """What was just paid with is what the buyer wants to be charged with, on what recurs."""
    if method is None or checkout.customer is None or checkout.product is None:
        return
    if checkout.product.is_recurring and method.customer_id == checkout.customer.pk:
        set_default_payment_method(
            customer_id=checkout.customer.pk, payment_method_id=method.pk, origin=origin
        )


def _is_own(checkout: Checkout, payment: Payment) -> bool:
    """
    Whether the processor made the payment's intent for this checkout, as it told us itself.

    The intent before counts too: the next one is made only after it was withdrawn, so if it did
    succeed there is no other.
    """
    known = (checkout.intent_id, checkout.outdated_intent_id)
    return bool(payment.intent_id) and payment.intent_id in known


def _name_buyer(checkout: Checkout, payment: Payment) -> None:
    """Whoever the paid intent was made for is the buyer, also where the checkout was reopened."""
    payer = payment.customer
    if payer is None or payer.pk == checkout.customer_id:
        return
    checkout.customer = payer
    # How they were found is no longer known: so no portal is opened to them.
    checkout.is_customer_matched_by_email = checkout.is_customer_typed = True
