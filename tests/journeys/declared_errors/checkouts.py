"""Checkouts, by merchants and by buyers."""

from __future__ import annotations

from threading import Event, Thread
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F

from apps.checkouts.models import Checkout
from apps.checkouts.operations import resume_checkout
from apps.core.origin import Door, system_origin
from apps.organizations.models import Organization
from apps.organizations.operations import change_status
from tests.journeys.declared_errors.scene import (
    OF_LIST,
    OF_ONE,
    Call,
    Provocation,
    Rows,
    Scene,
    cannot,
    nul_in_path,
    unknown_id,
)
from tests.support.tills import BUYER


def set_status(scene: Scene, status: str) -> None:
    """As staff decide about the merchant."""
    change_status(
        organization_id=scene.merchant.organization.pk,
        to=status,
        origin=system_origin(Door.BACKOFFICE),
    )


def key_of(checkout: Any, call: Call) -> str:
    """What the operation finds the checkout by."""
    return str(checkout.client_secret if "client" in call.__name__ else checkout.id)


def not_open(call: Call, scene: Scene) -> Any:
    """A checkout that was confirmed before."""
    checkout = scene.checkout()
    scene.polar.checkouts.client_confirm(
        checkout.client_secret, confirmation_token_id=scene.till.token(), **BUYER
    )
    return call(key_of(checkout, call))


def blocked(call: Call, scene: Scene) -> Any:
    """The merchant is blocked for good."""
    checkout = scene.checkout()
    set_status(scene, Organization.Status.BLOCKED)
    return call(key_of(checkout, call))


def expired(call: Call, scene: Scene) -> Any:
    """The time of the checkout is over."""
    checkout = scene.checkout()
    Checkout.objects.filter(pk=checkout.id).update(expires_at=F("created_at"))
    return call(key_of(checkout, call))


def locked(call: Call, scene: Scene) -> Any:
    """Another request is at work on it."""
    checkout = scene.checkout()
    is_held, may_go = Event(), Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                Checkout.objects.select_for_update().get(pk=checkout.id)
                is_held.set()
                may_go.wait(30)
        finally:
            connection.close()

    other = Thread(target=hold)
    other.start()
    try:
        assert is_held.wait(10)
        return call(key_of(checkout, call))
    finally:
        may_go.set()
        other.join()


def confirm(**body: Any) -> Provocation:
    """Pay with this body, a good one but for what is given."""

    def provoke(call: Call, scene: Scene) -> Any:
        checkout = scene.checkout()
        full = {"confirmation_token_id": scene.till.token(), **BUYER, **body}
        return call(checkout.client_secret, **full)

    return provoke


def pay_with_a_bad_card(call: Call, scene: Scene) -> Any:
    """The bank says no."""
    token = scene.till.token("pm_card_visa_chargeDeclined")
    return call(scene.checkout().client_secret, confirmation_token_id=token, **BUYER)


def pay_a_merchant_without_payments(call: Call, scene: Scene) -> Any:
    """The merchant may not take payments now."""
    checkout = scene.checkout()
    set_status(scene, Organization.Status.DENIED)
    return call(checkout.client_secret, confirmation_token_id=scene.till.token(), **BUYER)


def subscribe(scene: Scene, **product: Any) -> Any:
    """A plan that the buyer has a subscription of, or a trial."""
    organization = scene.merchant.organization
    organization.require_3ds = False
    organization.save()
    plan = scene.product(recurring_interval="month", **product)
    checkout = scene.polar.checkouts.create(products=[plan.id])
    pay_for(scene, checkout)
    # Nobody delivers webhooks here.
    resume_checkout(checkout_id=UUID(checkout.id), origin=system_origin(Door.TASK))
    return plan


def pay_for(scene: Scene, checkout: Any) -> None:
    """As the buyer does."""
    scene.polar.checkouts.client_confirm(
        checkout.client_secret, confirmation_token_id=scene.till.token(), **BUYER
    )


def subscribe_twice(call: Call, scene: Scene) -> Any:
    """The merchant allows one subscription a customer."""
    checkout = scene.polar.checkouts.create(products=[subscribe(scene).id])
    return call(checkout.client_secret, confirmation_token_id=scene.till.token(), **BUYER)


def take_a_second_trial(call: Call, scene: Scene) -> Any:
    """The merchant gives one trial a customer, who comes again under another name."""
    organization = scene.merchant.organization
    organization.subscription_settings["prevent_trial_abuse"] = True
    organization.save()
    plan = subscribe(scene, trial_interval="day", trial_interval_count=7)
    checkout = scene.polar.checkouts.create(products=[plan.id])
    body = {**BUYER, "customer_email": "buyer+again@example.com"}
    return call(checkout.client_secret, confirmation_token_id=scene.till.token(), **body)


def used_discount(scene: Scene) -> Any:
    """A discount that the buyer has used as often as one may."""
    discount = scene.polar.discounts.create(
        name="Once a head",
        type="percentage",
        duration="once",
        basis_points=1000,
        code="ONCE",
        max_redemptions_per_customer=1,
    )
    pay_for(scene, scene.checkout(discount_id=discount.id))
    return discount


def use_a_discount_twice(call: Call, scene: Scene) -> Any:
    """One use a buyer; they say who they are only when they pay."""
    checkout = scene.checkout(discount_id=used_discount(scene).id)
    return call(checkout.client_secret, confirmation_token_id=scene.till.token(), **BUYER)


def apply_a_used_discount(call: Call, scene: Scene) -> Any:
    """The merchant gives a known buyer what they have used up."""
    discount = used_discount(scene)
    checkout = scene.checkout(customer_email=BUYER["customer_email"])
    return call(checkout.id, discount_id=discount.id)


def apply_a_used_code(call: Call, scene: Scene) -> Any:
    """A known buyer tries the code again."""
    used_discount(scene)
    checkout = scene.checkout(customer_email=BUYER["customer_email"])
    return call(checkout.client_secret, discount_code="once")


def wrong(**body: Any) -> Provocation:
    """A body that cannot be, for an open checkout."""

    def provoke(call: Call, scene: Scene) -> Any:
        return call(key_of(scene.checkout(), call), **body)

    return provoke


ONLY_CONFIRM = "only a confirmation subscribes or charges"

ROWS: Rows = {
    "checkouts.list": OF_LIST,
    "checkouts.create": {"HTTPValidationError": lambda call, scene: call(products=[])},
    "checkouts.get": OF_ONE,
    "checkouts.update": {
        **OF_ONE,
        "NotOpenCheckout": not_open,
        "NotPermitted": cannot("an access token has no role that could forbid it"),
        "PaymentNotReady": cannot(ONLY_CONFIRM),
        "AlreadyActiveSubscriptionError": cannot(ONLY_CONFIRM),
        "TrialAlreadyRedeemed": cannot(ONLY_CONFIRM),
        "DiscountRedemptionLimitReached": apply_a_used_discount,
    },
    "checkouts.client_get": {
        "NotPermitted": blocked,
        "ResourceNotFound": unknown_id,
        "ExpiredCheckoutError": expired,
        "HTTPValidationError": nul_in_path,
    },
    "checkouts.client_update": {
        "NotOpenCheckout": not_open,
        "NotPermitted": blocked,
        "ResourceNotFound": unknown_id,
        "CheckoutLocked": locked,
        "ExpiredCheckoutError": expired,
        "HTTPValidationError": wrong(customer_email="nonsense"),
        "PaymentNotReady": cannot(ONLY_CONFIRM),
        "AlreadyActiveSubscriptionError": cannot(ONLY_CONFIRM),
        "TrialAlreadyRedeemed": cannot(ONLY_CONFIRM),
        "DiscountRedemptionLimitReached": apply_a_used_code,
    },
    "checkouts.client_confirm": {
        "PaymentError": pay_with_a_bad_card,
        "NotOpenCheckout": not_open,
        "NotPermitted": blocked,
        "ResourceNotFound": unknown_id,
        "CheckoutLocked": locked,
        "ExpiredCheckoutError": expired,
        "HTTPValidationError": confirm(customer_email="nonsense"),
        "PaymentNotReady": pay_a_merchant_without_payments,
        "AlreadyActiveSubscriptionError": subscribe_twice,
        "TrialAlreadyRedeemed": take_a_second_trial,
        "DiscountRedemptionLimitReached": use_a_discount_twice,
    },
}
