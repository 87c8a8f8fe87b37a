"""What subscribers are written, and when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from apps.core.errors import ResourceNotFound
from apps.core.origin import Origin
from apps.core.prepared import ID_MARK, Prepared
from apps.customers.selectors import mail_address
from apps.events.models import Event
from apps.events.registry import subscribe
from apps.notifications.operations import Occasion, queue_mail
from apps.orders.mails import order_facts
from apps.orders.models import Order
from apps.orders.selectors import order_with_parties
from apps.subscriptions.announcements import customer_mail
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations.announcing import facts_of

_with_parties = Prepared(
    lambda value: Subscription.objects.select_related("organization", "customer", "product").filter(
        pk=value
    ),
    mark=ID_MARK,
)
_Reason = Order.BillingReason
_AFTER_PAYMENT: Final = {
    _Reason.SUBSCRIPTION_CYCLE: "subscription_cycled",
    _Reason.SUBSCRIPTION_CYCLE_AFTER_TRIAL: "subscription_cycled_after_trial",
}
_TOLD: Final = (
    "subscription.created",
    "subscription.upgraded",
    "subscription.updated",
    "subscription.canceled",
    "subscription.uncanceled",
    "subscription.revoked",
    "subscription.past_due",
    "subscription.pause_scheduled",
    "subscription.resumed",
)
_CONFIRMED: Final = frozenset({"subscription.created", "subscription.upgraded"})
_WORTH_A_MAIL: Final = frozenset({"product_id", "seats", "units"})


def register() -> None:
    """Write when something happens; called once at start."""
    for event_type in _TOLD:
        subscribe(event_type, "subscriptions.mail_change", mail_change)
    subscribe("order.paid", "subscriptions.mail_renewal", mail_renewal, when=may_be_renewal)


def mail_kind(
    event_type: str, changes: Mapping[str, Any], payload: Mapping[str, Any]
) -> str | None:
    """The mail that an event of a subscription asks for, if any."""
    if event_type in _CONFIRMED:
        return "subscription_confirmation"
    if event_type == "subscription.updated":
        return "subscription_updated" if _WORTH_A_MAIL & changes.keys() else None
    return customer_mail(event_type, payload)


def mail_change(event: Event, origin: Origin) -> None:
    """Tell the customer what became of their subscription."""
    kind = mail_kind(event.type, event.changes, event.payload)
    if kind is None:
        return
    subscription = _subscription(UUID(event.subject_id))
    write(
        kind,
        subscription,
        key=str(event.pk),
        facts={**facts_of(subscription), **event.payload},
        origin=origin,
    )


def may_be_renewal(event: Event) -> bool:
    """Whether a paid order may be one of those that `mail_renewal` writes about."""
    return event.payload.get("billing_reason", _Reason.SUBSCRIPTION_CYCLE) in _AFTER_PAYMENT


def mail_renewal(event: Event, origin: Origin) -> None:
    """Confirm a renewal once it is paid; nothing is said where nothing costs anything."""
    order = order_with_parties(UUID(event.subject_id))
    kind = _AFTER_PAYMENT.get(_Reason(order.billing_reason))
    if kind is None or order.subscription_id is None or order.subtotal_amount == 0:
        return
    subscription = _subscription(order.subscription_id)
    facts = {**facts_of(subscription), **order_facts(order)}
    write(kind, subscription, key=str(order.pk), facts=facts, origin=origin)


def write(
    kind: str, subscription: Subscription, *, key: str, facts: Mapping[str, Any], origin: Origin
) -> None:
    """Write one mail about a subscription to its customer."""
    customer = subscription.customer
    queue_mail(
        occasion=Occasion(
            kind=kind,
            key=key,
            organization=subscription.organization,
            recipient=mail_address(customer) if customer.deleted_at is None else None,
            customer_id=customer.pk,
            subject_type="subscription",
            subject_id=str(subscription.pk),
            locale=customer.locale,
            context={"customer_name": customer.name or "", **facts},
        ),
        origin=origin,
    )


def _subscription(subscription_id: UUID) -> Subscription:
    found = _with_parties.first(subscription_id)
    if found is None:
        raise ResourceNotFound
    return found
