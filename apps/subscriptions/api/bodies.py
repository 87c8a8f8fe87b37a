"""The shapes of subscriptions on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, TypedDict
from uuid import UUID

from apps.api.shapes import OneOf, name_shape
from apps.api.vocabulary import FieldAnswers, Interval, Metadata, NoneYet
from apps.catalog.api.bodies import ProductPrice
from apps.catalog.api.portal import CustomerProductBody
from apps.catalog.api.presenters import ProductBody
from apps.customers.api.presenters import AnyCustomer
from apps.discounts.api.presenters import AnyDiscountBase
from apps.subscriptions.models import Subscription
from apps.subscriptions.states import ACTIVE


class PendingUpdateBody(TypedDict):
    """A change that applies with the next period; null is what it leaves as it is."""

    created_at: datetime
    modified_at: datetime | None
    id: UUID
    applies_at: datetime
    product_id: UUID | None
    seats: int | None
    units: int | None


class SubscriptionFactsBody(TypedDict):
    """What merchants and customers alike see of a subscription; `amount` is that of one period."""

    created_at: datetime
    modified_at: datetime | None
    id: UUID
    amount: int
    currency: str
    recurring_interval: Interval
    recurring_interval_count: int
    status: Annotated[str, OneOf(Subscription.Status.values)]
    current_period_start: datetime
    current_period_end: datetime
    current_meter_period_start: datetime | None
    current_meter_period_end: datetime | None
    trial_start: datetime | None
    trial_end: datetime | None
    cancel_at_period_end: bool
    canceled_at: datetime | None
    started_at: datetime
    ends_at: datetime | None
    ended_at: datetime | None
    past_due_at: datetime | None
    pause_at_period_end: bool
    paused_at: datetime | None
    resumes_at: datetime | None
    customer_id: UUID
    product_id: UUID
    discount_id: UUID | None
    checkout_id: UUID | None
    seats: int | None
    units: int | None
    customer_cancellation_reason: (
        Annotated[str, OneOf(Subscription.CancellationReason.values)] | None
    )
    customer_cancellation_comment: str | None


class SubscriptionBaseBody(SubscriptionFactsBody):
    """A subscription without what is beside it."""

    metadata: Metadata


class CustomerSubscriptionBody(SubscriptionFactsBody):
    """A subscription as its customer sees it."""

    product: CustomerProductBody
    prices: list[ProductPrice]
    meters: NoneYet
    pending_update: PendingUpdateBody | None


class SubscriptionBody(SubscriptionBaseBody):
    """A subscription with its customer, product, discount, prices and what waits on it."""

    custom_field_data: FieldAnswers
    customer: AnyCustomer
    product: ProductBody
    discount: AnyDiscountBase | None
    prices: list[ProductPrice]
    meters: NoneYet
    pending_update: PendingUpdateBody | None


class StateSubscriptionBody(TypedDict):
    """A subscription in the state of its customer."""

    id: UUID
    created_at: datetime
    modified_at: datetime | None
    custom_field_data: FieldAnswers
    metadata: Metadata
    status: Annotated[str, OneOf(sorted(ACTIVE))]
    amount: int
    currency: str
    recurring_interval: Interval
    current_period_start: datetime
    current_period_end: datetime
    trial_start: datetime | None
    trial_end: datetime | None
    cancel_at_period_end: bool
    canceled_at: datetime | None
    started_at: datetime
    ends_at: datetime | None
    product_id: UUID
    discount_id: UUID | None
    seats: int | None
    units: int | None
    meters: NoneYet


name_shape("SubscriptionFacts", SubscriptionFactsBody)
name_shape("SubscriptionBase", SubscriptionBaseBody)
name_shape("StateSubscription", StateSubscriptionBody)
