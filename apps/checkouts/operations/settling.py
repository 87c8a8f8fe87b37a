"""How a confirmed checkout ends: bought, or open again."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from apps.checkouts.errors import OutdatedCheckoutIntent
from apps.checkouts.locks import lock_checkout
from apps.checkouts.models import Checkout
from apps.checkouts.operations.forgetting import leave_forgotten
from apps.checkouts.states import CHECKOUT, PAYABLE
from apps.core.jobs import enqueue
from apps.core.origin import Origin
from apps.events.operations import record
from apps.orders.models import Order
from apps.orders.operations import Purchase, create_purchase_order
from apps.payments.models import Payment
from apps.payments.operations import allocate_receipt, link_payment


@transaction.atomic
def handle_success(
    *, checkout_id: UUID, payment: Payment | None, attempt: int | None = None, origin: Origin
) -> Order:
    """
    Turn a checkout into its order, once: `payment` is what paid it, None where it was free.

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
    elif checkout.status != Checkout.Status.CONFIRMED or checkout.intent_request is not None:
        raise OutdatedCheckoutIntent("Only a confirmed checkout without a payment is free.")
    purchase = _purchase(checkout)
    before = checkout.status
    if before != Checkout.Status.CONFIRMED:
        CHECKOUT.require(checkout.status, Checkout.Status.CONFIRMED)
        checkout.status = Checkout.Status.CONFIRMED
        checkout.confirmed_at = origin.at
    CHECKOUT.require(checkout.status, Checkout.Status.SUCCEEDED)
    order = create_purchase_order(purchase=purchase, origin=origin)
    if payment is not None:
        link_payment(payment=payment, order=order, origin=origin)
        allocate_receipt(order=order, origin=origin)
    checkout.status = Checkout.Status.SUCCEEDED
    checkout.succeeded_at = checkout.modified_at = origin.at
    checkout.next_check_at = None
    checkout.intent_status = "succeeded" if payment is not None else None
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
            "payment_id": str(payment.pk) if payment is not None else None,
        },
    )
    return order


@transaction.atomic
def handle_failure(
    *, checkout_id: UUID, attempt: int | None, message: str, origin: Origin
) -> Checkout:
    """
    Open a checkout again whose payment has failed, so that the buyer can try another way.

    Who they are is open again too, where only what they typed said so: they may have mistyped.

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


def _purchase(checkout: Checkout) -> Purchase:
    product, customer = checkout.product, checkout.customer
    if product is None or customer is None:
        raise OutdatedCheckoutIntent("The checkout was never confirmed.")
    return Purchase(
        organization=checkout.organization,
        customer=customer,
        product=product,
        price=checkout.price,
        checkout_id=checkout.pk,
        label=product.name,
        currency=checkout.currency,
        subtotal_amount=checkout.amount,
        discount_amount=checkout.discount_amount,
        net_amount=checkout.net_amount,
        tax_amount=checkout.tax_amount or 0,
        tax_behavior=checkout.tax_behavior,
        tax_breakdown=checkout.tax_breakdown,
        billing_name=checkout.customer_billing_name or checkout.customer_name or customer.name,
        billing_address=checkout.customer_billing_address or customer.billing_address,
        tax_id=checkout.customer_tax_id,
        metadata=checkout.metadata,
        custom_field_data=checkout.custom_field_data,
    )
