"""What customers are refused over their own API."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import uuid4

from apps.customers.models import Customer
from apps.orders.models import Order
from apps.organizations.models import Organization
from apps.payments.models import ChargeAttempt
from apps.subscriptions.models import Subscription
from tests.journeys.declared_errors.scene import (
    Call,
    Cannot,
    Provocation,
    Rows,
    Scene,
    no_id,
    nul_in_path,
    page_zero,
    unknown_id,
)
from tests.support.changes import dearer_plan, subscriber_with
from tests.support.drafts import make_buyer, save_card
from tests.support.merchants import make_customer_token
from tests.support.renewals import Renewal

FAILING = "pm_card_chargeCustomerFail"


def as_customer(call: Call, customer: Customer) -> Call:
    """The call, in the name of a customer."""
    return partial(call, request_access_token=make_customer_token(customer))


def by_buyer(provoke: Provocation) -> Provocation:
    """The same, provoked by a customer who has nothing."""
    return lambda call, scene: provoke(
        as_customer(call, make_buyer(scene.merchant.organization)), scene
    )


def with_body(**body: Any) -> dict[str, Provocation | Cannot]:
    """What a path of one id refuses, sent with a body."""
    return {
        "ResourceNotFound": by_buyer(lambda call, scene: call(str(uuid4()), **body)),
        "HTTPValidationError": by_buyer(lambda call, scene: call("no-id", **body)),
    }


OF_ONE: dict[str, Provocation | Cannot] = {
    "ResourceNotFound": by_buyer(unknown_id),
    "HTTPValidationError": by_buyer(no_id),
}
OF_LIST: dict[str, Provocation | Cannot] = {"HTTPValidationError": by_buyer(page_zero)}


def settings(organization: Organization, **portal: bool) -> None:
    """Let the customers of a merchant do more, or less."""
    kept = {"subscription": portal, "customer": {"allow_email_change": True}}
    Organization.objects.filter(pk=organization.pk).update(customer_portal_settings=kept)


def of_subscriber(
    call: Call, scene: Scene, *, card: str | None = "pm_card_visa", **body: Any
) -> Any:
    """Something asked by somebody who subscribed ten days ago."""
    subscription = subscriber_with(scene.till, card)
    return as_customer(call, subscription.customer)(str(subscription.pk), **body)


def of_ended(call: Call, scene: Scene, **body: Any) -> Any:
    """Anything about a subscription that has ended."""
    subscription = subscriber_with(scene.till, None)
    scene.polar.subscriptions.revoke(str(subscription.pk))
    return as_customer(call, subscription.customer)(str(subscription.pk), **body)


def upgrade(call: Call, scene: Scene) -> Any:
    """A change that is paid at once, by a subscriber who has nothing to pay with."""
    organization = scene.merchant.organization
    Organization.objects.filter(pk=organization.pk).update(
        subscription_settings={"proration_behavior": "invoice"}
    )
    product = dearer_plan(organization)
    return of_subscriber(call, scene, card=None, product_id=str(product.pk))


def while_not_allowed(setting: str, **body: Any) -> Provocation:
    """Something that the merchant has switched off."""

    def provoke(call: Call, scene: Scene) -> Any:
        settings(scene.merchant.organization, **{setting: False})
        return of_subscriber(call, scene, **body)

    return provoke


def keep_without_a_card(call: Call, scene: Scene) -> Any:
    """Take an end back, without anything to pay with."""
    subscription = subscriber_with(scene.till, None)
    scene.polar.subscriptions.update(str(subscription.pk), cancel_at_period_end=True)
    ask = as_customer(call, subscription.customer)
    return ask(str(subscription.pk), cancel_at_period_end=False)


def delete_the_only_card(call: Call, scene: Scene) -> Any:
    """Take away what a subscription is charged to."""
    subscription = subscriber_with(scene.till)
    return as_customer(call, subscription.customer)(str(subscription.payment_method_id))


def set_up(call: Call, scene: Scene, card: str) -> Any:
    """Save a card."""
    buyer = make_buyer(scene.merchant.organization)
    return as_customer(call, buyer)(
        confirmation_token_id=scene.till.token(card),
        set_default=True,
        return_url="https://example.com/account",
    )


def confirm_anothers(call: Call, scene: Scene) -> Any:
    """Complete a setup that is nobody's."""
    buyer = make_buyer(scene.merchant.organization)
    save_card(scene.till, buyer)
    return as_customer(call, buyer)(setup_intent_id="seti_none", set_default=True)


def of_order(call: Call, scene: Scene, **facts: Any) -> Any:
    """Anything about an order with these facts."""
    stock = scene.stock()
    Order.objects.filter(pk=stock.order.pk).update(**facts)
    return as_customer(call, stock.customer)(str(stock.order.pk))


def retry(call: Call, scene: Scene, *, tries: int = 0, is_open: bool = False) -> Any:
    """Pay an order that is past due, after so many tries, or while one is under way."""
    renewal = Renewal.due(scene.till, FAILING)
    renewal.renew()
    order = renewal.order
    for number in range(tries):
        ChargeAttempt.objects.create(
            created_at=renewal.origin().at,
            organization=order.organization,
            order=order,
            kind="collect",
            trigger="retry_customer",
            status="failed",
            key=f"try:{order.pk}:{number}",
            request={},
        )
    if is_open:
        Order.objects.filter(pk=order.pk).update(payment_lock_acquired_at=renewal.origin().at)
    method = Subscription.objects.get(pk=renewal.subscription.pk).payment_method_id
    ask = as_customer(call, renewal.customer)
    return ask(str(order.pk), payment_method_id=str(method))


ROWS: Rows = {
    "customer_portal.customer_session.introspect": {},
    "customer_portal.customer_session.get_authenticated_user": {},
    "customer_portal.customers.get": {},
    "customer_portal.customers.update": {
        "HTTPValidationError": by_buyer(lambda call, scene: call(tax_id="nonsense"))
    },
    "customer_portal.customers.list_payment_methods": OF_LIST,
    "customer_portal.customers.add_payment_method": {
        "PaymentMethodSetupFailed": lambda call, scene: set_up(
            call, scene, "pm_card_chargeDeclined"
        ),
        "HTTPValidationError": by_buyer(lambda call, scene: call(set_default=True)),
    },
    "customer_portal.customers.confirm_payment_method": {
        "CustomerNotReady": confirm_anothers,
        "HTTPValidationError": by_buyer(lambda call, scene: call(set_default=True)),
    },
    "customer_portal.customers.delete_payment_method": {
        **OF_ONE,
        "PaymentMethodInUseByActiveSubscription": delete_the_only_card,
    },
    "customer_portal.customers.request_email_update": {
        "HTTPValidationError": by_buyer(lambda call, scene: call(email="nonsense"))
    },
    "customer_portal.customers.check_email_update": {
        "CustomerPortalCustomersCheckEmailUpdate401Error": lambda call, scene: call(token="none"),
        "HTTPValidationError": lambda call, scene: call(token=None),
    },
    "customer_portal.customers.verify_email_update": {
        "CustomerPortalCustomersVerifyEmailUpdate401Error": lambda call, scene: call(token="none"),
        "CustomerPortalCustomersVerifyEmailUpdate422Error": lambda call, scene: call(token=7),
    },
    "customer_portal.orders.list": OF_LIST,
    "customer_portal.orders.get": OF_ONE,
    "customer_portal.orders.update": with_body(billing_name="Ada Ltd"),
    "customer_portal.orders.invoice": OF_ONE,
    "customer_portal.orders.generate_invoice": {
        "ResourceNotFound": by_buyer(unknown_id),
        "OrderNotEligibleForInvoice": lambda call, scene: of_order(call, scene, status="void"),
        "MissingInvoiceBillingDetails": of_order,
    },
    "customer_portal.orders.receipt": OF_ONE,
    "customer_portal.orders.get_payment_status": OF_ONE,
    "customer_portal.orders.confirm_retry_payment": {
        "ResourceNotFound": by_buyer(unknown_id),
        "PaymentAlreadyInProgress": lambda call, scene: retry(call, scene, is_open=True),
        "OrderNotEligibleForRetry": of_order,
        "ManualRetryLimitExceeded": lambda call, scene: retry(call, scene, tries=5),
    },
    "customer_portal.organizations.get": {
        "ResourceNotFound": lambda call, scene: call("nobody-is-called-so"),
        "HTTPValidationError": nul_in_path,
    },
    "customer_portal.subscriptions.list": OF_LIST,
    "customer_portal.subscriptions.get": OF_ONE,
    "customer_portal.subscriptions.update": {
        **with_body(cancel_at_period_end=True),
        "PaymentFailed": upgrade,
        "AlreadyCanceledSubscription": lambda call, scene: of_ended(
            call, scene, cancel_at_period_end=True
        ),
        "PauseResumeNotAllowed": while_not_allowed("pause", pause_at_period_end=True),
        "UpdateSubscriptionPlanNotAllowed": while_not_allowed(
            "update_plan", product_id=str(uuid4())
        ),
        "UpdateSubscriptionSeatsNotAllowed": while_not_allowed("update_seats", seats=3),
        "UpdateSubscriptionUnitsNotAllowed": while_not_allowed("update_units", units=3),
        "PaymentMethodRequired": keep_without_a_card,
        "SubscriptionNotScheduledToCancel": lambda call, scene: of_subscriber(
            call, scene, cancel_at_period_end=False
        ),
    },
    "customer_portal.subscriptions.cancel": {
        **OF_ONE,
        "AlreadyCanceledSubscription": of_ended,
    },
    "customer_portal.wallets.list": OF_LIST,
    "customer_portal.wallets.get": OF_ONE,
}
