"""Checkouts, by merchants and by buyers."""

from __future__ import annotations

from threading import Event, Thread
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from apps.checkouts.models import Checkout
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


def wrong(**body: Any) -> Provocation:
    """A body that cannot be, for an open checkout."""

    def provoke(call: Call, scene: Scene) -> Any:
        return call(key_of(scene.checkout(), call), **body)

    return provoke


NO_SUBSCRIPTIONS = "buying a subscription is not served yet"
ONLY_CONFIRM = "only a confirmation redeems, subscribes or charges"

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
        "DiscountRedemptionLimitReached": cannot(ONLY_CONFIRM),
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
        "DiscountRedemptionLimitReached": cannot(ONLY_CONFIRM),
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
        "AlreadyActiveSubscriptionError": cannot(NO_SUBSCRIPTIONS),
        "TrialAlreadyRedeemed": cannot(NO_SUBSCRIPTIONS),
        "DiscountRedemptionLimitReached": cannot("discounts are not served yet"),
    },
}
