"""Subscriptions in the state that a scenario starts from, and what came of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from apps.catalog.models import Price, Product
from apps.core.ids import new_id
from apps.customers.models import Customer
from apps.discounts.models import Discount
from apps.events.models import Event
from apps.orders.models import Order
from apps.organizations.models import Organization
from apps.organizations.states import CAPABILITIES
from apps.subscriptions.announcements import customer_mail, merchant_events
from apps.subscriptions.models import BillingEntry, PendingUpdate, Subscription
from apps.subscriptions.operations.pricing import amount_values, lines_for, write_lines
from apps.subscriptions.selectors import open_update
from tests.cases.registry import Facts, NotYet
from tests.cases.world import make_customer, make_organization, origin_at

_START = datetime(2025, 6, 1, tzinfo=UTC)
_END = datetime(2025, 7, 1, tzinfo=UTC)
_METERS = ("meter_interval", "metered", "meter_period")


def moment(text: str | None) -> datetime | None:
    """A time of a table."""
    return datetime.fromisoformat(text) if text else None


def at(when: Facts, default: datetime) -> datetime:
    """When something happens."""
    return moment(when.get("at")) or default


def written(value: datetime | None) -> str | None:
    """A time as the tables write it."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z") if value else None


def renewing_organization(**settings: Any) -> Organization:
    """An organization that may do everything."""
    organization = make_organization(**settings)
    organization.capabilities = dict.fromkeys(CAPABILITIES, True)
    organization.save(update_fields=["capabilities"])
    return organization


def make_prices(product: Product, rows: Iterable[Facts], currency: str = "usd") -> list[Price]:
    """The prices of a table as rows of the catalog."""
    return [_make_price(product, row, currency) for row in rows]


def make_product(
    organization: Organization, rows: Iterable[Facts], currency: str = "usd", **fields: Any
) -> tuple[Product, list[Price]]:
    """A recurring product, monthly unless told otherwise."""
    values = {"recurring_interval": "month", "recurring_interval_count": 1, **fields}
    product = Product.objects.create(
        created_at=_START, organization=organization, name="Pro", **values
    )
    return product, make_prices(product, rows, currency)


def make_discount_row(organization: Organization, row: Facts | None) -> Discount | None:
    """The discount of a table as a row."""
    if row is None:
        return None
    return Discount.objects.create(
        created_at=_START,
        organization=organization,
        name="Sale",
        type=row["type"],
        basis_points=row.get("basis_points"),
        amounts=row.get("amounts"),
        duration=row.get("duration") or "forever",
        duration_in_months=row.get("duration_in_months"),
    )


def make_row(
    given: Facts, organization: Organization | None = None, customer: Customer | None = None
) -> Subscription:
    """The subscription that `given` describes, of a customer of its own unless told otherwise."""
    if any(given.get(name) for name in _METERS):
        raise NotYet("meters")
    merchant = organization or renewing_organization()
    if given.get("org_renewals_enabled") is False:
        merchant.capabilities = {**merchant.capabilities, "subscription_renewals": False}
        merchant.save(update_fields=["capabilities"])
    default_prices = [{"type": "fixed", "amount": 1000}]
    product, prices = make_product(
        merchant,
        given.get("prices") or default_prices,
        recurring_interval=given.get("interval") or "month",
        recurring_interval_count=given.get("interval_count") or 1,
        trial_interval=given.get("trial_interval"),
        trial_interval_count=given.get("trial_interval_count"),
    )
    return _subscription(given, merchant, customer or make_customer(merchant), product, prices)


def _subscription(
    given: Facts,
    organization: Organization,
    customer: Customer,
    product: Product,
    prices: list[Price],
) -> Subscription:
    status = given.get("status") or "active"
    trial_start, trial_end = moment(given.get("trial_start")), moment(given.get("trial_end"))
    start = moment(given.get("period_start")) or trial_start or _START
    end = moment(given.get("period_end")) or trial_end or _END
    discount = make_discount_row(organization, given.get("discount"))
    applied_at = moment(given.get("discount_applied_at"))
    if discount is not None and applied_at is None and status != "trialing":
        applied_at = start
    is_ending = bool(given.get("cancel_at_period_end"))
    subscription = Subscription(
        created_at=start,
        organization=organization,
        customer=customer,
        product=product,
        discount=discount,
        discount_applied_at=applied_at,
        status=status,
        currency=prices[0].currency,
        amount=0,
        net_amount=0,
        recurring_interval=product.recurring_interval or "",
        recurring_interval_count=product.recurring_interval_count or 1,
        anchor_day=given.get("anchor_day") or start.day,
        current_period_start_at=start,
        current_period_end_at=end,
        trial_start_at=trial_start,
        trial_end_at=trial_end or (end if status == "trialing" else None),
        cancel_at_period_end=is_ending,
        canceled_at=moment(given.get("canceled_at")) or (start if is_ending else None),
        started_at=moment(given.get("started_at")) or start,
        ends_at=moment(given.get("ends_at")) or (end if is_ending else None),
        ended_at=moment(given.get("ended_at")) or (end if status == "canceled" else None),
        past_due_at=start if status == "past_due" else None,
        pause_at_period_end=bool(given.get("pause_at_period_end")),
        paused_at=moment(given.get("paused_at")) or (end if status == "paused" else None),
        resumes_at=moment(given.get("resumes_at")),
        cancellation_reason=given.get("cancellation_reason"),
        metadata=given.get("metadata") or {},
        claimed_until=end.replace(year=2100) if given.get("scheduler_locked") else None,
    )
    rows, chosen = lines_for(
        prices, seats=given.get("seats"), units=given.get("units"), chosen_amount=None
    )
    subscription.seats, subscription.units = chosen.seats, chosen.units
    for name, value in amount_values(subscription, [row.amount for row in rows], discount).items():
        setattr(subscription, name, value)
    subscription.save()
    write_lines(subscription, rows)
    _make_waiting_change(subscription, given.get("pending_update"))
    return subscription


def _make_waiting_change(subscription: Subscription, row: Facts | None) -> None:
    if row is None:
        return
    product = None
    if row.get("new_prices") or row.get("product_change"):
        rows = row.get("new_prices") or [{"type": "fixed", "amount": 2000}]
        product, _ = make_product(subscription.organization, rows, subscription.currency)
    PendingUpdate.objects.create(
        created_at=subscription.current_period_start_at,
        organization=subscription.organization,
        subscription=subscription,
        applies_at=subscription.current_period_end_at,
        product=product,
        seats=row.get("seats"),
        units=row.get("units"),
    )


@dataclass
class Watch:
    """What is there before the operation, to tell apart what the operation made."""

    subscription: Subscription
    _events: set[Any] = field(init=False)
    _entries: set[Any] = field(init=False)

    def __post_init__(self) -> None:
        self._events = set(Event.objects.values_list("pk", flat=True))
        self._entries = set(BillingEntry.objects.values_list("pk", flat=True))

    @property
    def events(self) -> list[Event]:
        """The events of the subscription since."""
        rows = Event.objects.filter(subject_id=str(self.subscription.pk))
        return list(rows.exclude(pk__in=self._events).order_by("id"))

    def facts(self) -> Facts:
        """The subscription now, and what the operation left behind."""
        row = Subscription.objects.get(pk=self.subscription.pk)
        events = self.events
        told = [(event.type, event.payload) for event in events]
        reasons = [payload.get("billing_reason") for _, payload in told]
        accesses = [payload.get("access") for _, payload in told]
        entries = BillingEntry.objects.filter(subscription=row).exclude(pk__in=self._entries)
        waiting = open_update(row, PendingUpdate.Timing.PERIOD)
        return {
            "error": None,
            **state_of(row),
            "entries": [
                {"type": entry.type, "direction": entry.direction, "amount": entry.amount}
                for entry in entries.order_by("id")
            ],
            "order_reason": next((reason for reason in reversed(reasons) if reason), None),
            "benefits_task": next((one for one in reversed(accesses) if one), None),
            "webhooks": list(
                dict.fromkeys(name for event in told for name in merchant_events(*event))
            ),
            "customer_email": next(
                (mail for event in told if (mail := customer_mail(*event))), None
            ),
            "pending_update": {"seats": waiting.seats} if waiting else None,
            "invoice_now": Order.objects.filter(subscription_id=row.pk).exists(),
        }


def state_of(row: Subscription) -> Facts:
    """The row as the tables write it."""
    times = {
        "period_start": row.current_period_start_at,
        "period_end": row.current_period_end_at,
        "trial_start": row.trial_start_at,
        "trial_end": row.trial_end_at,
        "canceled_at": row.canceled_at,
        "started_at": row.started_at,
        "ends_at": row.ends_at,
        "ended_at": row.ended_at,
        "paused_at": row.paused_at,
        "resumes_at": row.resumes_at,
    }
    return {
        **{name: written(value) for name, value in times.items()},
        "status": str(row.status),
        "amount": row.amount,
        "seats": row.seats,
        "units": row.units,
        "anchor_day": row.anchor_day,
        "cancel_at_period_end": row.cancel_at_period_end,
        "pause_at_period_end": row.pause_at_period_end,
        "cancellation_reason": row.cancellation_reason,
        "metadata": row.metadata,
        "discount": None if row.discount_id is None else {"id": str(row.discount_id)},
        "scheduler_locked": row.claimed_until is not None,
    }


def make_pending_order(subscription: Subscription) -> Order:
    """An order of the subscription that is not paid yet."""
    return Order.objects.create(
        created_at=subscription.current_period_start_at,
        organization=subscription.organization,
        customer=subscription.customer,
        product=subscription.product,
        subscription_id=subscription.pk,
        status=Order.Status.PENDING,
        billing_reason=Order.BillingReason.SUBSCRIPTION_CYCLE,
        currency=subscription.currency,
        subtotal_amount=1000,
        net_amount=1000,
        invoice_number=f"ACME-{new_id().hex}",
    )


def _make_price(product: Product, row: Facts, currency: str) -> Price:
    values: Facts
    match row["type"]:
        case "free" | "fixed":
            values = {"kind": "fixed", "fixed_amount": row.get("amount") or 0}
        case "custom":
            values = {
                "kind": "custom",
                "minimum_amount": row["minimum_amount"],
                "maximum_amount": row.get("maximum_amount"),
                "preset_amount": row.get("preset_amount"),
            }
        case "seat" | "unit":
            values = {
                "kind": row["type"],
                "tier_type": row.get("tier_type") or "volume",
                "tiers": _stored_tiers(row),
                "minimum_units": row.get("minimum_units"),
            }
        case _:
            raise NotYet("metered prices")
    return Price.objects.create(
        created_at=_START,
        organization=product.organization,
        product=product,
        currency=row.get("currency") or currency,
        **values,
    )


def _stored_tiers(row: Facts) -> list[Facts]:
    if not row.get("tiers"):
        return [{"minimum": 1, "maximum": None, "unit_amount": str(row["unit_amount"])}]
    tiers: list[Facts] = []
    for tier in row["tiers"]:
        start = (tiers[-1]["maximum"] or 0) + 1 if tiers else 1
        tiers.append(
            {
                "minimum": tier.get("min") or start,
                "maximum": tier.get("up_to", tier.get("max")),
                "unit_amount": str(tier.get("price_per_seat", tier.get("unit_amount"))),
            }
        )
    return tiers


__all__ = [
    "Watch",
    "at",
    "make_pending_order",
    "make_product",
    "make_row",
    "moment",
    "origin_at",
    "renewing_organization",
    "state_of",
    "written",
]
