"""
How long staff wait for one search over everything, with a million customers and their purchases.

`python -m tests.bench.search` measures this alone, in a database of its own, and prints how
PostgreSQL finds what; `BENCH_CUSTOMERS` says how many there are.
"""

from __future__ import annotations

import os
import random
import time
from contextlib import ExitStack
from statistics import quantiles
from typing import Any, Final

import psycopg

from tests.bench import database, report

CUSTOMERS: Final = int(os.environ.get("BENCH_CUSTOMERS", "1000000"))
# Every second customer has bought something, with a saved card.
BUYERS: Final = CUSTOMERS // 2
TERMS: Final = 40
GOAL_MS: Final = 100.0
MERCHANT: Final = "search"

_PEOPLE: Final = """
INSERT INTO customers_customer (id, created_at, organization_id, type, email, is_email_verified,
    name, external_id, metadata, short_id, next_invoice_number, next_receipt_number,
    processor_customer_id)
SELECT gen_random_uuid(), now(), '{organization}', 'individual',
    substr(md5(n::text), 1, 9) || '.' || n || '@' || substr(md5((n % 5000)::text), 1, 6)
        || '.example.com', false,
    initcap(substr(md5('g' || n % 9000), 1, 7)) || ' ' || initcap(substr(md5('f' || n), 1, 8)),
    'ext-' || n, '{{}}', 10000000000 + n, 2, 1, 'cus_bench' || n
FROM generate_series(1, {customers}) n;
CREATE TEMP TABLE buyer AS
SELECT row_number() OVER () AS n, id, email FROM customers_customer
WHERE organization_id = '{organization}' LIMIT {buyers};
CREATE TEMP TABLE sold AS SELECT n, id AS customer, email, gen_random_uuid() AS id FROM buyer;
"""
_ORDERS: Final = """
INSERT INTO orders_order ({columns}) SELECT {values} FROM sold;
"""
_MONEY: Final = """
INSERT INTO payments_payment (id, created_at, processor, processor_id, intent_id, status, amount,
    currency, method, method_metadata, processor_metadata, organization_id, booked_at,
    unclaimed_reason, customer_id, order_id)
SELECT gen_random_uuid(), now(), 'stripe', 'ch_bench' || n, 'pi_bench' || n, 'succeeded', 12000,
    'usd', 'card', jsonb_build_object('brand', 'visa', 'last4', lpad((n % 10000)::text, 4, '0')),
    '{{}}', '{organization}', now(), '', customer, id FROM sold;
INSERT INTO payments_paymentmethod (id, created_at, organization_id, customer_id, processor_id,
    type, method_metadata, fingerprint)
SELECT gen_random_uuid(), now(), '{organization}', customer, 'pm_bench' || n, 'card',
    jsonb_build_object('brand', 'visa', 'last4', lpad((n % 10000)::text, 4, '0')), '' FROM sold;
"""
_EMPTY: Final = {
    "jsonb": "'{}'",
    "boolean": "false",
    "integer": "0",
    "bigint": "0",
    "smallint": "0",
    "uuid": "gen_random_uuid()",
    "timestamp with time zone": "now()",
    "numeric": "0",
}


def measure(url: str) -> list[report.Row]:
    """The rows of the search, in a database that has its tables."""
    organization = _organization()
    _seed(url, organization)
    _forget()
    staff = _staff()
    kinds = _terms(organization)
    rows = []
    everything: list[float] = []
    for name, terms in kinds.items():
        _search(staff, terms[0])
        times = [_search(staff, term) for term in terms]
        everything += times
        rows.append(_row(f"search by {name}: p95", times, None))
    return [_row("search over everything: p95", everything, GOAL_MS), *rows]


def _row(name: str, times: list[float], goal: float | None) -> report.Row:
    return report.Row(name, None, quantiles(times, n=20)[-1], "ms", None, None, goal)


def _organization() -> Any:
    from apps.core.origin import Door, system_origin
    from apps.organizations.operations import create_organization

    origin = system_origin(Door.COMMAND)
    return create_organization(name="Search", slug=MERCHANT, origin=origin).pk


def _staff() -> Any:
    from apps.accounts.models import User

    return User.objects.create_user("bench@example.com", staff_role="admin")


def _seed(url: str, organization: Any) -> None:
    facts = {"organization": organization, "customers": CUSTOMERS, "buyers": BUYERS}
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(_PEOPLE.format(**facts))  # type: ignore[arg-type]
        known = {
            "id": "id",
            "customer_id": "customer",
            "organization_id": f"'{organization}'",
            "invoice_number": "'BENCH-' || n || '-0001'",
            "currency": "'usd'",
            "status": "'paid'",
            "paid_at": "now()",
            "billing_reason": "'purchase'",
        }
        columns = {**_needed(connection, "orders_order"), **known}
        listed = {"columns": ", ".join(columns), "values": ", ".join(columns.values())}
        connection.execute(_ORDERS.format(**listed))  # type: ignore[arg-type]
        connection.execute(_MONEY.format(**facts))  # type: ignore[arg-type]
    database.settle(url)


def _needed(connection: psycopg.Connection[Any], table: str) -> dict[str, str]:
    """Columns that may not be null, with something to put there."""
    rows = connection.execute(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s "
        "AND is_nullable = 'NO' AND column_default IS NULL",
        [table],
    ).fetchall()
    return {name: _EMPTY.get(kind, "''") for name, kind in rows}


def _forget() -> None:
    from django.db import connections

    connections.close_all()


def _terms(organization: Any) -> dict[str, list[str]]:
    """What support has in hand, from a fixed seed."""
    from apps.customers.models import Customer
    from apps.orders.models import Order

    chance = random.Random(7)
    numbers = [chance.randint(1, BUYERS) for _ in range(TERMS)]
    found = [f"ext-{number}" for number in numbers]
    people = list(Customer.objects.filter(external_id__in=found))
    ids = Order.objects.filter(invoice_number__in=[f"BENCH-{one}-0001" for one in numbers])
    return {
        "e-mail": [str(one.email) for one in people],
        "part of an e-mail": [str(one.email)[2:12] for one in people],
        "domain of an e-mail": [str(one.email).partition("@")[2] for one in people],
        "name": [str(one.name) for one in people],
        "part of a name": [str(one.name)[1:6] for one in people],
        "three letters": [str(one.name)[-4:-1] for one in people],
        "two letters": [str(one.name)[:2] for one in people],
        "id": [str(pk) for pk in ids.values_list("pk", flat=True)],
        "external id": found,
        "provider id": [f"ch_bench{number}" for number in numbers],
        "invoice number": [f"BENCH-{number}-0001" for number in numbers],
        "last four": [f"{number % 10000:04}" for number in numbers],
        "nothing that there is": [f"zzqx{number}y" for number in numbers],
        "what everybody has": ["example.com", "example", "bench"] * (TERMS // 3),
    }


def _search(staff: Any, term: str) -> float:
    """Milliseconds."""
    from django.test import RequestFactory

    from apps.backoffice.search import search_everywhere

    request = RequestFactory().get("/")
    request.user = staff
    started = time.perf_counter()
    search_everywhere(request, term)
    return (time.perf_counter() - started) * 1000


def _explain() -> list[str]:
    """How the ways of the largest kinds are answered."""
    from apps.backoffice.finding import WAYS, Term
    from apps.customers.models import Customer
    from apps.orders.models import Order

    told = []
    for model, text in ((Customer, "a1b2c3"), (Order, "a1b2c3"), (Order, "ch_bench77")):
        told.append(f"-- {model.__name__} by {text!r}")
        for condition in WAYS[model._meta.label_lower]._conditions(Term(text)):
            rows = model.objects.order_by().filter(condition).values("pk")[:9]
            told.append(rows.explain(analyze=True, timing=False, summary=True))
    return told


def main() -> None:
    """Measure and print."""
    from tests.bench import __main__ as whole

    with ExitStack() as stack:
        url = whole.emptied(whole.own_database(stack))
        started = time.perf_counter()
        rows = measure(url)
        print(f"In {time.perf_counter() - started:.0f} s, seeding included.")
        print("\n".join([*report.lines(rows), *_explain()]))
        _forget()


if __name__ == "__main__":
    main()
