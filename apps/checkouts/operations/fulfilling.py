"""What a bought checkout turns into: its subscription, where it sells one, and its order."""

from __future__ import annotations

from typing import Any

import structlog

from apps.catalog.models import Price
from apps.catalog.pricing import upfront_amount
from apps.catalog.selectors import terms_of
from apps.checkouts.errors import OutdatedCheckoutIntent
from apps.checkouts.models import Checkout
from apps.checkouts.operations.quoting import basket_of
from apps.checkouts.selectors import prices_of
from apps.checkouts.trials import active_trial
from apps.core.errors import DomainError
from apps.core.origin import Origin
from apps.customers.models import Customer
from apps.discounts.operations import attach_redemption, redeem
from apps.discounts.selectors import redemption_of
from apps.orders.labels import item_label, period_label
from apps.orders.models import Order
from apps.orders.operations import Purchase, create_purchase_order
from apps.orders.operations.recurring import Line
from apps.payments.models import PaymentMethod
from apps.subscriptions.errors import AlreadyActiveSubscriptionError, AlreadyCanceledSubscription
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations import (
    create_subscription,
    create_trial_order,
    redeem_trial,
    release_trial,
    upgrade_subscription,
)
from apps.subscriptions.operations.billing import learn_net_amount
from apps.subscriptions.operations.creating import make_team_for_seats

log = structlog.get_logger(__name__)


def fulfil(
    checkout: Checkout, *, is_paid: bool, method: PaymentMethod | None, origin: Origin
) -> Order:
    """
    The order of a checkout, and the subscription it begins or upgrades; once, see the callers.

    `method` is what renewals are charged to. A trial begins only where nothing `is_paid`.
    """
    product, customer = checkout.product, checkout.customer
    if product is None or customer is None:
        raise OutdatedCheckoutIntent("The checkout was never confirmed.")
    _keep_redemption(checkout, origin)
    if not product.is_recurring:
        make_team_for_seats(customer, prices_of(checkout), origin)
        return create_purchase_order(purchase=_purchase(checkout, customer), origin=origin)
    trial = None if is_paid else active_trial(checkout)
    # From now, not from the confirmation: the bank may have taken its time.
    checkout.trial_end_at = trial.end(origin.at) if trial else None
    subscription = _begin(checkout, customer, method, origin)
    if checkout.discount is not None:
        attach_redemption(checkout_id=checkout.pk, subscription_id=subscription.pk, origin=origin)
    if trial is None:
        release_trial(checkout_id=checkout.pk, origin=origin)
        purchase = _purchase(checkout, customer, subscription)
        order = create_purchase_order(purchase=purchase, origin=origin)
        learn_net_amount(subscription, order, origin)
        return order
    redeem_trial(
        organization=checkout.organization,
        customer=customer,
        product=product,
        checkout_id=checkout.pk,
        email=checkout.customer_email,
        fingerprint=method.fingerprint if method else None,
        origin=origin,
    )
    return create_trial_order(subscription=subscription, checkout_id=checkout.pk, origin=origin)


def _begin(
    checkout: Checkout, customer: Customer, method: PaymentMethod | None, origin: Origin
) -> Subscription:
    terms: dict[str, Any] = {
        "product": checkout.product,
        "prices": prices_of(checkout),
        "currency": checkout.currency,
        "discount": checkout.discount,
        "seats": checkout.seats,
        "units": checkout.units,
        "chosen_amount": checkout.custom_amount,
        "trial_end_at": checkout.trial_end_at,
        "payment_method": method,
        "checkout_id": checkout.pk,
        "tax_behavior": checkout.tax_behavior,
        "metadata": checkout.metadata,
        "custom_field_data": checkout.custom_field_data,
        "origin": origin,
    }
    if checkout.subscription_id is not None:
        try:
            return upgrade_subscription(subscription_id=checkout.subscription_id, **terms)
        except (AlreadyActiveSubscriptionError, AlreadyCanceledSubscription) as error:
            # It changed while the buyer paid; what they paid for they get.
            log.warning("checkout_not_an_upgrade", checkout=str(checkout.pk), error=error.code)
    return create_subscription(organization=checkout.organization, customer=customer, **terms)


def _purchase(
    checkout: Checkout, customer: Customer, subscription: Subscription | None = None
) -> Purchase:
    product = checkout.product
    if product is None:
        raise OutdatedCheckoutIntent
    more: dict[str, Any] = {}
    if subscription is not None:
        more = {
            "billing_reason": Order.BillingReason.SUBSCRIPTION_CREATE,
            "subscription_id": subscription.pk,
            "period": (subscription.current_period_start_at, subscription.current_period_end_at),
        }
    return Purchase(
        organization=checkout.organization,
        customer=customer,
        product=product,
        price=checkout.price,
        checkout_id=checkout.pk,
        label=product.name,
        lines=_lines(checkout, subscription),
        currency=checkout.currency,
        subtotal_amount=checkout.amount,
        discount_amount=checkout.discount_amount,
        net_amount=checkout.net_amount,
        tax_amount=checkout.tax_amount or 0,
        tax_behavior=checkout.tax_behavior,
        tax_breakdown=checkout.tax_breakdown,
        discount=checkout.discount,
        seats=checkout.seats,
        units=checkout.units,
        billing_name=checkout.customer_billing_name or checkout.customer_name or customer.name,
        billing_address=checkout.customer_billing_address or customer.billing_address,
        tax_id=checkout.customer_tax_id,
        metadata=checkout.metadata,
        custom_field_data=checkout.custom_field_data,
        **more,
    )


def _lines(checkout: Checkout, subscription: Subscription | None) -> list[Line]:
    """One line for each price, for the first period where there are periods."""
    selection = basket_of(checkout).selection
    start_at = subscription.current_period_start_at if subscription else None
    end_at = subscription.current_period_end_at if subscription else None
    lines = []
    for price in prices_of(checkout):
        quantities = {Price.Kind.SEAT: checkout.seats, Price.Kind.UNIT: checkout.units}
        label = item_label(
            checkout.product.name if checkout.product else "",
            price_type=price.kind,
            quantity=quantities.get(Price.Kind(price.kind)),
            unit_label=price.unit_label,
        )
        if start_at is not None and end_at is not None:
            label = period_label(label, start_at=start_at, end_at=end_at)
        amount = upfront_amount((terms_of(price),), selection)
        lines.append(
            Line(label=label, amount=amount, price=price, start_at=start_at, end_at=end_at)
        )
    return lines


def _keep_redemption(checkout: Checkout, origin: Origin) -> None:
    """
    A discount that was given back with a failed attempt is used again by one paid after all.

    The money is here, so no limit keeps the buyer from it any more.
    """
    if checkout.discount is None or redemption_of(checkout.pk) is not None:
        return
    try:
        redeem(
            discount=checkout.discount,
            checkout_id=checkout.pk,
            customer=checkout.customer,
            email=checkout.customer_email,
            origin=origin,
        )
    except DomainError as error:
        log.warning("checkout_discount_over_limit", checkout=str(checkout.pk), error=error.code)
