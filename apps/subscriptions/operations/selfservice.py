"""What customers do with their subscriptions by themselves, as far as their merchant lets them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from apps.catalog.models import Product
from apps.core.errors import DomainError, ValidationFailed
from apps.core.origin import Origin
from apps.organizations.defaults import SUBSCRIPTION_SETTINGS, filled
from apps.organizations.models import Organization
from apps.payments.models import PaymentMethod
from apps.subscriptions.errors import (
    PauseResumeNotAllowed,
    PaymentMethodRequired,
    SubscriptionNotScheduledToCancel,
    UpdateSubscriptionPlanNotAllowed,
    UpdateSubscriptionSeatsNotAllowed,
    UpdateSubscriptionUnitsNotAllowed,
)
from apps.subscriptions.locks import lock_for_change
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations.announcing import announce, change
from apps.subscriptions.operations.canceling import uncancel_subscription
from apps.subscriptions.operations.changing.product import change_product
from apps.subscriptions.operations.changing.quantity import change_seats, change_units
from apps.subscriptions.operations.pausing import (
    cancel_pause,
    pause_subscription,
    resume_subscription,
)


def choose_product(*, subscription_id: UUID, product_id: UUID, origin: Origin) -> Subscription:
    """
    As `change_product`, billed as the organization has it; the product must be for sale.

    :raises UpdateSubscriptionPlanNotAllowed: unless the merchant lets customers do this.
    """
    subscription = _read(subscription_id)
    _require(subscription.organization, "update_plan", UpdateSubscriptionPlanNotAllowed)
    rows = Product.objects.for_organization(subscription.organization)
    offered = rows.filter(visibility=Product.Visibility.PUBLIC, archived_at=None, deleted_at=None)
    if not offered.filter(pk=product_id).exists():
        raise ValidationFailed.at(
            "body", "product_id", msg="There is no such product.", value=str(product_id)
        )
    return change_product(subscription_id=subscription_id, product_id=product_id, origin=origin)


def choose_seats(*, subscription_id: UUID, seats: int, origin: Origin) -> Subscription:
    """
    As `change_seats`, billed as the organization has it.

    :raises UpdateSubscriptionSeatsNotAllowed: unless the merchant lets customers do this.
    """
    organization = _read(subscription_id).organization
    _require(organization, "update_seats", UpdateSubscriptionSeatsNotAllowed)
    return change_seats(subscription_id=subscription_id, seats=seats, origin=origin)


def choose_units(*, subscription_id: UUID, units: int, origin: Origin) -> Subscription:
    """
    As `change_units`, billed as the organization has it.

    :raises UpdateSubscriptionUnitsNotAllowed: unless the merchant lets customers do this.
    """
    organization = _read(subscription_id).organization
    _require(organization, "update_units", UpdateSubscriptionUnitsNotAllowed)
    return change_units(subscription_id=subscription_id, units=units, origin=origin)


@transaction.atomic
def keep_subscription(*, subscription_id: UUID, origin: Origin) -> Subscription:
    """
    As `uncancel_subscription`.

    :raises PaymentMethodRequired: if it has to be paid for, and there is nothing to charge.
    """
    subscription = lock_for_change(subscription_id)
    if subscription.cancel_at_period_end and subscription.ended_at is None:
        _require_method(subscription)
    return uncancel_subscription(subscription_id=subscription_id, origin=origin)


@transaction.atomic
def explain_cancellation(
    *, subscription_id: UUID, reason: str | None, comment: str | None, origin: Origin
) -> Subscription:
    """
    Keep why a subscription that is to end does. What is None stays; the same again writes nothing.

    Records `subscription.updated`.

    :raises SubscriptionNotScheduledToCancel: if it neither ends nor has ended.
    """
    subscription = lock_for_change(subscription_id)
    if subscription.canceled_at is None:
        raise SubscriptionNotScheduledToCancel
    given = {"cancellation_reason": reason, "cancellation_comment": comment}
    values = {name: value for name, value in given.items() if value is not None}
    changes = change(subscription, values, origin)
    if changes:
        announce(subscription, "subscription.updated", origin=origin, changes=changes)
    return subscription


@transaction.atomic
def choose_pause(
    *, subscription_id: UUID, resumes_at: datetime | None, origin: Origin
) -> Subscription:
    """
    As `pause_subscription`.

    :raises PauseResumeNotAllowed: unless the merchant lets customers do this.
    """
    _require(_read(subscription_id).organization, "pause", PauseResumeNotAllowed)
    return pause_subscription(subscription_id=subscription_id, resumes_at=resumes_at, origin=origin)


@transaction.atomic
def drop_own_pause(*, subscription_id: UUID, origin: Origin) -> Subscription:
    """
    As `cancel_pause`.

    :raises PauseResumeNotAllowed: unless the merchant lets customers do this.
    :raises PaymentMethodRequired: if it has to be paid for, and there is nothing to charge.
    """
    subscription = lock_for_change(subscription_id)
    _require(subscription.organization, "pause", PauseResumeNotAllowed)
    if subscription.pause_at_period_end:
        _require_method(subscription)
    return cancel_pause(subscription_id=subscription_id, origin=origin)


@transaction.atomic
def end_own_pause(*, subscription_id: UUID, origin: Origin) -> Subscription:
    """
    As `resume_subscription`.

    :raises PauseResumeNotAllowed: unless the merchant lets customers do this.
    :raises PaymentMethodRequired: if it has to be paid for, and there is nothing to charge.
    """
    subscription = lock_for_change(subscription_id)
    _require(subscription.organization, "pause", PauseResumeNotAllowed)
    if subscription.status == Subscription.Status.PAUSED:
        _require_method(subscription)
    return resume_subscription(subscription_id=subscription_id, origin=origin)


def may(organization: Organization, setting: str) -> bool:
    """Whether customers of a merchant may do this; `setting` is one of its portal's settings."""
    if setting != "pause":
        kept = {**SUBSCRIPTION_SETTINGS, **organization.subscription_settings}
        if not kept["allow_customer_updates"]:
            return False
    settings = filled("customer_portal_settings", organization.customer_portal_settings)
    return bool(settings["subscription"][setting])


def _require(organization: Organization, setting: str, refusal: type[DomainError]) -> None:
    if not may(organization, setting):
        raise refusal


def _require_method(subscription: Subscription) -> None:
    if subscription.amount == 0:
        return
    wanted = [subscription.payment_method_id, subscription.customer.default_payment_method_id]
    methods = PaymentMethod.objects.filter(
        customer_id=subscription.customer_id,
        deleted_at=None,
        pk__in=[one for one in wanted if one is not None],
    )
    if not methods.exists():
        raise PaymentMethodRequired


def _read(subscription_id: UUID) -> Subscription:
    return Subscription.objects.select_related("organization").get(pk=subscription_id)
