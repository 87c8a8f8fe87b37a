"""Renewals at a till: a subscriber with a card, their order, and the outcome of its charge."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from apps.core.clock import pinned
from apps.core.jobs import keep_jobs
from apps.core.origin import Door, Origin, system_origin
from apps.customers.models import Customer
from apps.events.models import Delivery, Event
from apps.events.tasks import deliver_event
from apps.ledger.models import Entry
from apps.orders.models import Order
from apps.payments.models import ChargeAttempt, Payment, PaymentMethod
from apps.payments.tasks import resume_charge_attempts_task
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations import cycle_subscription
from apps.subscriptions.tasks import retry_due_orders_task
from tests.support.books import broken_books
from tests.support.drafts import charges_of, save_card
from tests.support.subscribers import make_plan, make_subscriber, make_subscription
from tests.support.tills import Till

DAY = timedelta(days=1)
T = TypeVar("T")


@dataclass
class Renewal:
    """A monthly subscription that is due; `now` is the time that its world has come to."""

    till: Till
    customer: Customer
    subscription: Subscription
    method: PaymentMethod | None
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    @classmethod
    def due(cls, till: Till, card: str | None = "pm_card_visa", amount: int = 2000) -> Renewal:
        """With a card of this kind, or none."""
        organization = till.merchant.organization
        customer = make_subscriber(organization)
        method = save_card(till, customer, card) if card else None
        now = datetime.now(UTC)
        customer.refresh_from_db()
        subscription = make_subscription(
            organization,
            moment=now - 31 * DAY,
            plan=make_plan(organization, amount),
            customer=customer,
            payment_method=method,
        )
        return cls(till, customer, subscription, method, now)

    def origin(self) -> Origin:
        """The system, now."""
        with pinned(self.now):
            return system_origin(Door.TASK)

    def work(self, verb: Callable[[], T]) -> T:
        """Do something now, and all jobs that follow from it at once."""
        with pinned(self.now), keep_jobs() as jobs:
            result = verb()
            while jobs:
                job = jobs.pop(0)
                if not job.countdown:
                    job.run()
        return result

    def renew(self) -> Order:
        """Carry the subscription over the end of its period and have the order charged."""
        self.cycle()
        return self.order

    def cycle(self) -> None:
        """Carry the subscription over the end of its period, whatever comes of that."""
        cycle = partial(
            cycle_subscription,
            subscription_id=self.subscription.pk,
            force=True,
            origin=self.origin(),
        )
        self.work(cycle)

    def order_only(self) -> Order:
        """The order of a renewal of which nobody has heard yet."""
        with pinned(self.now), keep_jobs():
            cycle_subscription(
                subscription_id=self.subscription.pk, force=True, origin=self.origin()
            )
        return self.order

    def deliver(self) -> None:
        """Run what the outbox still owes, as its sweep would."""
        for event_id in Delivery.objects.filter(done_at=None).values_list("event_id", flat=True):
            self.work(partial(deliver_event, event_id=str(event_id)))

    def wait(self, **span: float) -> None:
        """Let time pass; the sweeps then do what is due."""
        self.now += timedelta(**span)
        self.sweep()

    def sweep(self) -> None:
        """What the periodic jobs do."""
        self.work(resume_charge_attempts_task)
        self.work(retry_due_orders_task)

    def settle(self) -> None:
        """Have all webhooks delivered and handled."""
        self.work(self.till.settle)

    def decline_next(self, reason: str = "insufficient_funds", count: int = 1) -> None:
        """Have the bank refuse the next charges of the card."""
        assert self.method is not None
        body = {"reason": reason, "count": count}
        self.till.sim.control(f"declines/{self.method.processor_id}", body)

    @property
    def order(self) -> Order:
        """The latest order, as it stands."""
        rows = Order.objects.filter(subscription_id=self.subscription.pk)
        return rows.latest("created_at", "id")

    @property
    def status(self) -> str:
        """The status of the subscription."""
        self.subscription.refresh_from_db()
        return self.subscription.status

    @property
    def days_to_next_try(self) -> float | None:
        """How long until the order is tried again."""
        at = self.order.next_payment_attempt_at
        return (at - self.now) / DAY if at else None

    @property
    def attempts(self) -> list[tuple[str, str, str]]:
        """Trigger, status and failure of every try, the first one first."""
        rows = ChargeAttempt.objects.filter(order__subscription_id=self.subscription.pk)
        return list(rows.order_by("id").values_list("trigger", "status", "failure_code"))

    def events(self, prefix: str = "subscription.") -> Counter[str]:
        """How often each kind of event was recorded."""
        names = Event.objects.filter(type__startswith=prefix).values_list("type", flat=True)
        return Counter(names)

    def require_one_charge(self, order: Order | None = None) -> None:
        """One charge, one succeeded payment, one set of postings, one `order.paid`."""
        row = Order.objects.get(pk=(order or self.order).pk)
        assert (row.status, row.payment_lock_acquired_at) == ("paid", None)
        assert row.next_payment_attempt_at is None and row.receipt_number
        [charge] = charges_of(self.till, row)
        payment = Payment.objects.get(order=row, status="succeeded")
        assert (payment.processor_id, payment.amount) == (charge.id, row.due_amount)
        assert payment.booked_at is not None
        entries = Counter(Entry.objects.filter(order_id=row.pk).values_list("type", flat=True))
        assert entries == {"payment": 1, "processor_fee": 1, "balance": 1, "platform_fee": 1}
        paid = Event.objects.filter(type="order.paid", subject_id=str(row.pk))
        assert paid.count() == 1
        assert not ChargeAttempt.objects.filter(order=row, status="open").exists()
        assert not broken_books()


def requests_of(till: Till, work: Callable[[], Any]) -> list[str]:
    """The calls to the sandbox Stripe that a piece of work costs."""
    import requests

    made: list[str] = []
    real = requests.Session.request

    def counted(self: Any, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        made.append(f"{method.upper()} {url.removeprefix(till.sim.url)}")
        return real(self, method, url, *args, **kwargs)

    requests.Session.request = counted  # type: ignore[method-assign]
    try:
        work()
    finally:
        requests.Session.request = real  # type: ignore[method-assign]
    return made
