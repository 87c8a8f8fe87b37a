"""The shapes of subscriptions on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypedDict
from uuid import UUID

from apps.catalog.api.portal import CustomerProductBody
from apps.catalog.api.presenters import PriceBody, ProductBody
from apps.customers.api.presenters import CustomerBody
from apps.discounts.api.presenters import DiscountBaseBody


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
    recurring_interval: str
    recurring_interval_count: int
    status: str
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
    customer_cancellation_reason: str | None
    customer_cancellation_comment: str | None


class SubscriptionBaseBody(SubscriptionFactsBody):
    """A subscription without what is beside it."""

    metadata: dict[str, str | int | float | bool]


class CustomerSubscriptionBody(SubscriptionFactsBody):
    """A subscription as its customer sees it."""

    product: CustomerProductBody
    prices: list[PriceBody]
    meters: list[dict[str, Any]]
    pending_update: PendingUpdateBody | None


class SubscriptionBody(SubscriptionBaseBody):
    """A subscription with its customer, product, discount, prices and what waits on it."""

    custom_field_data: dict[str, Any]
    customer: CustomerBody
    product: ProductBody
    discount: DiscountBaseBody | None
    prices: list[PriceBody]
    meters: list[dict[str, Any]]
    pending_update: PendingUpdateBody | None


class StateSubscriptionBody(TypedDict):
    """A subscription in the state of its customer."""

    id: UUID
    created_at: datetime
    modified_at: datetime | None
    custom_field_data: dict[str, Any]
    metadata: dict[str, str | int | float | bool]
    status: str
    amount: int
    currency: str
    recurring_interval: str
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
    meters: list[dict[str, Any]]
