"""
The demo's subscription business: two years of it, lived through by moving its clock.

It begins in the past; each act of the script is done at its moment through the operation that
everybody uses, and everything between (renewals, refusals, reminders, ends) happens by itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

import structlog

from apps.backoffice.demo.money_out import money_timer
from apps.backoffice.demo.script import DAYS, Act, Person, acts, people
from apps.catalog.models import Product
from apps.catalog.selectors import listed_prices
from apps.core.clock import pinned
from apps.core.errors import DomainError
from apps.core.jobs import enqueue
from apps.core.origin import Door, Origin, system_origin
from apps.core.timers import Due, Timer, register_timer
from apps.customers.inputs import CustomerInput
from apps.customers.models import Customer
from apps.customers.operations import create_customer
from apps.discounts.models import Discount
from apps.discounts.operations import redeem
from apps.orders.models import Order
from apps.orders.operations.recurring import Line, SubscriptionOrder, create_subscription_order
from apps.organizations.models import Organization
from apps.payments.models import PaymentMethod
from apps.payments.operations import (
    register_at_processor,
    save_payment_method,
)
from apps.processors.gateway.sandbox import SandboxClock, attach_test_card
from apps.sandbox.models import ClockRun
from apps.sandbox.operations import run_clock, start_clock_run
from apps.sandbox.operations.running import SIGN_SECONDS
from apps.sandbox.selectors import latest_clock_run
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations import (
    cancel_subscription,
    create_subscription,
    create_trial_order,
    pause_subscription,
    uncancel_subscription,
)
from apps.subscriptions.operations.changing.product import change_product
from apps.subscriptions.operations.changing.quantity import change_seats
from apps.wallets.operations import adjust_wallet

log = structlog.get_logger(__name__)

KEY: Final = "demo"
TRIAL: Final = timedelta(days=14)
# Before what becomes due at the same moment.
RANK: Final = 10


def live(organization: Organization) -> ClockRun | None:
    """
    Lead the organization from where its clock stands to the present; None if it is there.

    One that was interrupted is led on. Needs the sandbox Stripe, whose clock goes along.
    """
    if organization.clock_offset >= timedelta():
        return None
    run = latest_clock_run(organization.pk)
    origin = system_origin(Door.COMMAND, clock_offset=organization.clock_offset)
    if run is not None and _is_led_by_another(run):
        return None
    if run is None:
        run = start_clock_run(
            organization_id=organization.pk,
            span=-organization.clock_offset,
            in_background=False,
            origin=origin,
        )
    register_timer(_Script(organization, run).timer())
    register_timer(money_timer(organization, run))
    stripe_clock = SandboxClock.read()
    stripe_clock.set_back(run.reached_at)
    try:
        run = run_clock(run_id=run.pk, is_new=True, origin=origin)
    finally:
        stripe_clock.return_to_present()
    # It has waited for the end of this.
    enqueue("reconciliation.run")
    return run


def _is_led_by_another(run: ClockRun) -> bool:
    """Whether the run gives signs of life, as a worker may have taken it up."""
    time.sleep(SIGN_SECONDS * 1.5)
    before = run.touched_at
    run.refresh_from_db()
    return run.status != ClockRun.Status.RUNNING or run.touched_at != before


class _Script:
    """The acts of the script that are still to come, as a timer of one organization."""

    def __init__(self, organization: Organization, run: ClockRun) -> None:
        self._organization = organization
        self._people = {person.number: person for person in people()}
        start = run.to_at - timedelta(days=DAYS)
        self._acts: dict[UUID, tuple[datetime, Act]] = {}
        for number, act in enumerate(acts()):
            at = start + timedelta(days=act.day)
            if at >= run.reached_at:
                self._acts[uuid5(organization.pk, str(number))] = (at, act)

    def timer(self) -> Timer:
        """What the time machine asks."""
        return Timer(name="demo.act", due=self._due, run=self._perform, rank=RANK)

    def _due(self, organization_id: UUID, until: datetime) -> Iterable[Due]:
        if organization_id != self._organization.pk:
            return []
        lanes = dict(
            Customer.objects.filter(organization_id=organization_id).values_list(
                "external_id", "pk"
            )
        )
        return sorted(
            # Whoever is not a customer yet has nobody to wait for.
            Due(at, key, lanes.get(_external_id(act.person), key))
            for key, (at, act) in self._acts.items()
            if at <= until and (act.verb == "subscribe" or _external_id(act.person) in lanes)
        )

    def _perform(self, key: UUID, origin: Origin) -> None:
        _, act = self._acts.pop(key)
        try:
            if act.verb == "subscribe":
                _subscribe(self._organization, self._people[act.person], origin, **act.facts)
            else:
                _VERBS[act.verb](_subscription_of(self._organization, act), origin, **act.facts)
        except DomainError as error:
            # People try what is not possible any more, or their card says no.
            log.info("demo_act_refused", verb=act.verb, person=act.person, detail=error.detail)


def _subscribe(
    organization: Organization,
    person: Person,
    origin: Origin,
    *,
    plan: str,
    card: str,
    seats: int | None = None,
    discount: str | None = None,
) -> None:
    external_id = _external_id(person.number)
    customer = create_customer(
        organization=organization,
        data=CustomerInput(
            email=person.email,
            name=person.name,
            external_id=external_id,
            billing_address=person.address,
        ),
        origin=origin,
    )
    method = _save_card(customer, card, external_id, origin)
    customer.refresh_from_db()
    product = _product(organization, plan)
    found = Discount.objects.filter(organization=organization, code=discount).first()
    subscription = create_subscription(
        organization=organization,
        customer=customer,
        product=product,
        prices=[price for price in listed_prices(product) if price.currency == "usd"],
        currency="usd",
        discount=found if discount else None,
        seats=seats,
        trial_end_at=origin.at + TRIAL if product.trial_interval else None,
        payment_method=method,
        metadata={KEY: external_id},
        origin=origin,
    )
    if subscription.discount is not None:
        redeem(
            discount=subscription.discount,
            customer=customer,
            email=customer.email,
            subscription_id=subscription.pk,
            origin=origin,
        )
    if subscription.trial_end_at is not None:
        create_trial_order(subscription=subscription, origin=origin)
    else:
        _order_first_period(subscription, origin)


def _order_first_period(subscription: Subscription, origin: Origin) -> None:
    period = (subscription.current_period_start_at, subscription.current_period_end_at)
    lines = [
        Line(
            label=subscription.product.name,
            amount=row.amount,
            price=row.price,
            start_at=period[0],
            end_at=period[1],
        )
        for row in subscription.prices.select_related("price")
    ]
    create_subscription_order(
        draft=SubscriptionOrder(
            organization=subscription.organization,
            customer=subscription.customer,
            product=subscription.product,
            subscription_id=subscription.pk,
            billing_reason=Order.BillingReason.SUBSCRIPTION_CREATE,
            currency=subscription.currency,
            lines=lines,
            seats=subscription.seats,
            discount=subscription.discount,
            period=period,
        ),
        origin=origin,
    )


def _take_card(subscription: Subscription, origin: Origin, *, card: str) -> None:
    key = f"{subscription.metadata[KEY]}:{origin.at:%Y%m%d}"
    _save_card(subscription.customer, card, key, origin)


def _save_card(customer: Customer, card: str, key: str, origin: Origin) -> PaymentMethod:
    """A card of the customer, and from now on the one that is charged."""
    processor_id = register_at_processor(customer_id=customer.pk, origin=origin)
    facts = attach_test_card(key=f"{KEY}:{customer.pk}:{key}", customer_id=processor_id, card=card)
    return save_payment_method(customer=customer, method=facts, is_default=True, origin=origin)


def _cancel(subscription: Subscription, origin: Origin, *, reason: str) -> None:
    cancel_subscription(subscription_id=subscription.pk, reason=reason, origin=origin)


def _uncancel(subscription: Subscription, origin: Origin) -> None:
    uncancel_subscription(subscription_id=subscription.pk, origin=origin)


def _pause(subscription: Subscription, origin: Origin, *, days: int) -> None:
    pause_subscription(
        subscription_id=subscription.pk,
        resumes_at=subscription.current_period_end_at + timedelta(days=days),
        origin=origin,
    )


def _change_seats(subscription: Subscription, origin: Origin, *, seats: int) -> None:
    change_seats(subscription_id=subscription.pk, seats=seats, behavior="prorate", origin=origin)


def _change_plan(subscription: Subscription, origin: Origin, *, plan: str, behavior: str) -> None:
    product = _product(subscription.organization, plan)
    change_product(
        subscription_id=subscription.pk, product_id=product.pk, behavior=behavior, origin=origin
    )


def _give_credit(subscription: Subscription, origin: Origin, *, amount: int, note: str) -> None:
    adjust_wallet(
        customer=subscription.customer,
        currency=subscription.currency,
        amount=amount,
        note=note,
        origin=origin.because(note),
    )


_VERBS: Final[dict[str, Callable[..., None]]] = {
    "cancel": _cancel,
    "uncancel": _uncancel,
    "pause": _pause,
    "seats": _change_seats,
    "plan": _change_plan,
    "card": _take_card,
    "goodwill": _give_credit,
}


def _subscription_of(organization: Organization, act: Act) -> Subscription:
    rows = Subscription.objects.select_related("organization", "customer", "product")
    return rows.get(organization=organization, metadata__contains={KEY: _external_id(act.person)})


def _product(organization: Organization, key: str) -> Product:
    return Product.objects.get(organization=organization, metadata__contains={KEY: key})


def _external_id(person: int) -> str:
    return f"{KEY}-{person}"


def at_start(days: int = DAYS) -> Origin:
    """The system, so many days ago."""
    now = system_origin(Door.COMMAND)
    with pinned(now.at - timedelta(days=days)):
        return system_origin(Door.COMMAND)
