"""
How fast subscriptions renew: two workers, the scheduler's own claims, the sandbox Stripe.

Each merchant of the bench is copied row by row from one subscription made by our operations, in
SQL, so that a hundred thousand are there in seconds. A renewal is the whole of it: period, billing
entry, order and its number, event rows, charge, payment, ledger, mail written and handed over.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from tests.bench import database, report

WORKERS = 2
# How many are renewed for a figure; of how many that are due at once.
RENEWED = int(os.environ.get("BENCH_RENEWALS", "600"))
FEW = int(os.environ.get("BENCH_DUE_FEW", "1000"))
MANY = int(os.environ.get("BENCH_DUE_MANY", "100000"))
CROWD = int(os.environ.get("BENCH_DUE_CROWD", "50000"))
MONTH = timedelta(days=31)
# 100,000 in an hour.
GOAL_PER_SECOND = 27.8


@dataclass(frozen=True, slots=True)
class Speed:
    """What a run of the workers came to."""

    per_second: float
    megabytes: float


def measure(url: str, seconds: int) -> list[report.Row]:
    """The rows of the table; everything it makes is in the bench's own database."""
    writes = database.writes_per_second(url, seconds)
    rows = [report.Row("pgbench TPC-B", database.CLIENTS, writes, "tx/s", None, None, None)]
    with _stripe():
        charged = _merchant("charged", 2000, with_card=True, count=RENEWED)
        speed = _renew(charged, RENEWED)
        rows.append(_row("renewals, charged", speed.per_second, writes, GOAL_PER_SECOND))
    few = _renew(_merchant("few", 0, count=FEW), min(RENEWED, FEW))
    rows.append(_row(f"renewals, nothing to charge, {FEW:,} due", few.per_second, writes))
    many = _renew(_merchant("many", 0, count=MANY), RENEWED)
    rows.append(_row(f"renewals, nothing to charge, {MANY:,} due", many.per_second, writes))
    rows.append(_plain("memory of a worker of renewals", many.megabytes, "MB"))
    delay = _delay(_merchant("crowd", 0, count=CROWD), _merchant("alone", 0, count=1))
    rows.append(_plain(f"renewal of a merchant beside {CROWD:,} of another", delay, "s"))
    return rows


def _row(name: str, value: float, writes: float, goal: float | None = None) -> report.Row:
    """A rate as a part of the writes of pgbench; a goal is in renewals a second."""
    return report.Row(name, WORKERS, value, "1/s", None, value / writes, goal)


def _plain(name: str, value: float, unit: str) -> report.Row:
    return report.Row(name, None, value, unit, None, None, None)


def _renew(organization_id: UUID, count: int) -> Speed:
    """Have the workers renew so many of an organization's subscriptions."""
    others = _suspended(organization_id)
    context = multiprocessing.get_context("fork")
    done, peak = context.Value("i", 0), context.Value("d", 0.0)
    _hang_up()
    workers = [
        context.Process(target=_work, args=(done, peak, count), daemon=True) for _ in range(WORKERS)
    ]
    began = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    took = time.perf_counter() - began
    _resume(others)
    return Speed(done.value / took, peak.value)


def _work(done: Any, peak: Any, count: int) -> None:
    """One worker: claims as the scheduler does and works off what it got."""
    while done.value < count:
        claimed = _claim(min(50, count))
        if not claimed:
            break
        for subscription_id in claimed:
            if done.value >= count:
                break
            _cycle(subscription_id)
            with done.get_lock():
                done.value += 1
    peak.value = max(peak.value, _megabytes())
    _hang_up()


def _delay(crowd_id: UUID, alone_id: UUID) -> float:
    """
    How long the one due subscription of a merchant waits beside very many of another.

    The workers hold as many of those as the scheduler ever hands out when it becomes due.
    """
    from apps.subscriptions.models import Subscription
    from apps.subscriptions.operations.scheduling import BATCH, IN_HAND

    others = _suspended(crowd_id, alone_id)
    alone = Subscription.objects.filter(organization_id=alone_id)
    end_at = alone.get().current_period_end_at
    alone.update(current_period_end_at=datetime.now(UTC) + MONTH)
    claims = [_claim(BATCH) for _ in range(IN_HAND // BATCH)]
    alone.update(current_period_end_at=end_at)
    context = multiprocessing.get_context("fork")
    _hang_up()
    workers = [
        context.Process(target=_work_off, args=(claimed, alone_id), daemon=True)
        for claimed in claims
    ]
    began = time.perf_counter()
    for worker in workers:
        worker.start()
    while alone.get().current_period_end_at == end_at:
        time.sleep(0.05)
    took = time.perf_counter() - began
    for worker in workers:
        worker.terminate()
        worker.join()
    _resume(others)
    return took


def _work_off(claimed: list[UUID], alone_id: UUID) -> None:
    """What a worker has in its queue, with the scheduler's minute passing in between."""
    asked_at = time.monotonic()
    queue = list(claimed)
    while queue:
        _cycle(queue.pop(0))
        if time.monotonic() - asked_at > 5 or not queue:
            queue += _claim(50)
            asked_at = time.monotonic()


def _claim(limit: int) -> list[UUID]:
    from apps.core.origin import Door, system_origin
    from apps.subscriptions.operations import claim_due_subscriptions

    return claim_due_subscriptions(limit=limit, origin=system_origin(Door.TASK))


def _cycle(subscription_id: UUID) -> None:
    """One renewal with all the jobs that follow from it."""
    from apps.core.jobs import keep_jobs
    from apps.subscriptions.tasks import cycle_task

    with keep_jobs() as jobs:
        cycle_task(subscription_id=str(subscription_id))
        while jobs:
            jobs.pop(0).run()


def _merchant(name: str, amount: int, *, count: int, with_card: bool = False) -> UUID:
    """An organization with so many monthly subscriptions, all due now."""
    from apps.catalog.inputs import PriceInput, ProductInput
    from apps.catalog.operations import create_product
    from apps.catalog.selectors import listed_prices
    from apps.core.origin import Actor, Door, Origin
    from apps.customers.inputs import CustomerInput
    from apps.customers.operations import create_customer
    from apps.organizations.operations import change_status, create_organization
    from apps.subscriptions.operations import create_subscription

    now = datetime.now(UTC)
    origin = Origin(actor=Actor.SYSTEM, door=Door.COMMAND, at=now - MONTH - timedelta(hours=1))
    organization = create_organization(name=name, slug=f"renewals-{name}", origin=origin)
    organization = change_status(organization_id=organization.pk, to="active", origin=origin)
    price = PriceInput(kind="fixed", currency="usd", fixed_amount=amount)
    plan = ProductInput(
        name="Pro", prices=[price], recurring_interval="month", recurring_interval_count=1
    )
    product = create_product(organization=organization, data=plan, origin=origin)
    buyer = CustomerInput(email=f"{name}@example.com", billing_address={"country": "FR"})
    customer = create_customer(organization=organization, data=buyer, origin=origin)
    subscription = create_subscription(
        organization=organization,
        customer=customer,
        product=product,
        prices=listed_prices(product),
        currency="usd",
        origin=origin,
    )
    _copy(subscription, count - 1)
    if with_card:
        _give_cards(organization)
    return organization.pk


def _copy(subscription: Any, count: int) -> None:
    """The same subscription for so many more customers."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE copies ON COMMIT PRESERVE ROWS AS SELECT n, gen_random_uuid() "
            "AS customer_id, gen_random_uuid() AS subscription_id "
            "FROM generate_series(1, %s) AS n",
            [count],
        )
        for table, changed, where, key in (
            (
                "customers_customer",
                {
                    "id": "copies.customer_id",
                    "email": "copies.n || row.email",
                    "short_id": "row.short_id + copies.n",
                },
                "row.id",
                subscription.customer_id,
            ),
            (
                "subscriptions_subscription",
                {"id": "copies.subscription_id", "customer_id": "copies.customer_id"},
                "row.id",
                subscription.pk,
            ),
            (
                "subscriptions_subscriptionprice",
                {"id": "", "subscription_id": "copies.subscription_id"},
                "row.subscription_id",
                subscription.pk,
            ),
        ):
            cursor.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_name = %s "
                "AND table_schema = current_schema() ORDER BY ordinal_position",
                [table],
            )
            # What is changed to nothing the database numbers itself.
            columns = [name for (name,) in cursor.fetchall() if changed.get(name) != ""]
            values = ", ".join(changed.get(name, f'row."{name}"') for name in columns)
            names = ", ".join(f'"{name}"' for name in columns)
            cursor.execute(
                f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} AS row, copies "
                f"WHERE {where} = %s",
                [key],
            )
        cursor.execute("DROP TABLE copies")
        cursor.execute("ANALYZE subscriptions_subscription, customers_customer")


def _give_cards(organization: Any) -> None:
    """Every customer a card at the sandbox Stripe, the one that is charged."""
    from apps.core.origin import Door, system_origin
    from apps.customers.models import Customer
    from apps.payments.operations import register_at_processor, save_payment_method
    from apps.processors.gateway.sandbox import attach_test_card

    origin = system_origin(Door.COMMAND)
    for customer in Customer.objects.filter(organization=organization):
        processor_id = register_at_processor(customer_id=customer.pk, origin=origin)
        facts = attach_test_card(
            key=f"bench:{customer.pk}", customer_id=processor_id, card="pm_card_visa"
        )
        save_payment_method(customer=customer, method=facts, origin=origin)


def _suspended(*kept: UUID) -> list[UUID]:
    """Let no other organization renew meanwhile."""
    from apps.organizations.models import Organization

    others = Organization.objects.exclude(pk__in=kept).filter(
        capabilities__subscription_renewals=True
    )
    return [organization.pk for organization in others if _set_renewing(organization, False)]


def _resume(organization_ids: list[UUID]) -> None:
    from apps.organizations.models import Organization

    for organization in Organization.objects.filter(pk__in=organization_ids):
        _set_renewing(organization, True)


def _set_renewing(organization: Any, value: bool) -> bool:
    organization.capabilities = {**organization.capabilities, "subscription_renewals": value}
    organization.save(update_fields=["capabilities"])
    return True


@contextmanager
def _stripe() -> Iterator[None]:
    """A sandbox Stripe of the bench's own."""
    from django.conf import settings

    from tests.support.stripesim import launch, stop

    names = (
        "STRIPE_API_BASE",
        "STRIPE_FILES_BASE",
        "STRIPE_CONNECT_BASE",
        "STRIPE_METER_EVENTS_BASE",
    )
    with TemporaryDirectory(prefix="bench-stripe-") as folder:
        sim, process = launch(Path(folder))
        for name in names:
            setattr(settings, name, sim.url)
        settings.STRIPE_SECRET_KEY = sim.secret_key
        try:
            yield
        finally:
            stop(process)


def _hang_up() -> None:
    from django.db import connections

    connections.close_all()


def _megabytes() -> float:
    """What this process holds for itself at its peak."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0.0
