"""
How fast entries are posted, into one account and into many, and how long the checks take.

`python -m tests.bench.ledger` measures this alone, in a database of its own.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from contextlib import ExitStack
from statistics import median
from typing import Any, Final

import psycopg

from tests.bench import database, report

# As many as pgbench has clients.
CLIENTS: Final = database.CLIENTS
MERCHANTS: Final = 500
SALES: Final = int(os.environ.get("BENCH_SALES", "200000"))
ROUNDS: Final = int(os.environ.get("BENCH_ROUNDS", "3"))

# A sale of 120.00 with 20.00 of tax: its payment, the processor's fee, the merchant's balance and
# the platform's fee, five transfers, as `post_sale` writes them.
_SEED: Final = """
SET session_replication_role = replica;
INSERT INTO organizations_organization (id, created_at, name, slug, status, status_changed_at,
    capabilities, socials, default_presentment_currency, default_tax_behavior, invoice_prefix,
    invoice_numbering, feature_settings, subscription_settings, customer_email_settings,
    customer_portal_settings, dispute_settings, embed_hosts, require_3ds, rate_group, clock_offset
    {more_columns})
SELECT gen_random_uuid(), now(), 'Bench ' || n, 'ledger-' || n, 'active', now(), '{{}}', '[]',
    'usd', 'exclusive', 'B', 'customer', '{{}}', '{{}}', '{{}}', '{{}}', '{{}}', '{{}}', true,
    'default', interval '0' {more_values}
FROM generate_series(1, {merchants}) n;
INSERT INTO ledger_account (id, organization_id, kind, currency)
SELECT gen_random_uuid(), NULL, kind, 'usd' FROM unnest(ARRAY['processor_balance',
    'processor_fees', 'platform_revenue', 'tax_liability']) kind
ON CONFLICT DO NOTHING;
INSERT INTO ledger_account (id, organization_id, kind, currency)
SELECT gen_random_uuid(), o.id, kind, 'usd' FROM organizations_organization o,
    unnest(ARRAY['merchant_balance', 'sales_clearing']) kind WHERE o.slug LIKE 'ledger-%';
CREATE TEMP TABLE sale AS
SELECT n, o.id AS organization_id, gen_random_uuid() AS payment, gen_random_uuid() AS pay,
    gen_random_uuid() AS fee, gen_random_uuid() AS bal, gen_random_uuid() AS plat,
    'ch_bench_' || n AS charge, now() - interval '90 days' + n * interval '30 seconds' AS at
FROM generate_series(1, {sales}) n
JOIN (SELECT id, row_number() OVER () AS m FROM organizations_organization
    WHERE slug LIKE 'ledger-%') o ON o.m = 1 + n % {merchants};
INSERT INTO payments_payment (id, created_at, processor, processor_id, intent_id, status, amount,
    currency, method, method_metadata, processor_metadata, organization_id, booked_at,
    unclaimed_reason)
SELECT payment, at, 'stripe', charge, 'pi_' || n, 'succeeded', 12000, 'usd', 'card', '{{}}',
    '{{}}', organization_id, at, '' FROM sale;
INSERT INTO ledger_entry (id, organization_id, reference, type, payment_id, presentment_currency,
    presentment_amount, presentment_tax_amount, exchange_rate, details, posted_at)
SELECT pay, organization_id, 'payment:' || charge, 'payment', payment, 'usd', 10000, 2000, 1,
    jsonb_build_object('charge_id', charge, 'method', 'card', 'card_country', 'US', 'used_3ds',
        false, 'is_subscription', false), at FROM sale
UNION ALL SELECT fee, organization_id, 'processor_fee:' || charge, 'processor_fee', payment,
    NULL, NULL, NULL, NULL, '{{}}', at FROM sale
UNION ALL SELECT bal, organization_id, 'balance:' || charge, 'balance', payment, NULL, NULL, NULL,
    NULL, '{{}}', at FROM sale
UNION ALL SELECT plat, organization_id, 'platform_fee:' || charge, 'platform_fee', payment, NULL,
    NULL, NULL, NULL, '{{"plan": "starter", "total": 650, "credits": [], "fees":
        [{{"type": "payment", "amount": 650}}]}}', at FROM sale;
INSERT INTO ledger_transfer (entry_id, type, debit_account_id, credit_account_id, amount, currency,
    posted_at, available_at)
SELECT x.entry_id, x.type, d.id, k.id, x.amount, 'usd', x.at, x.at + interval '7 days' FROM (
    SELECT n, pay AS entry_id, 'payment' AS type, 'processor_balance' AS debit,
        'sales_clearing' AS credit, 10000 AS amount, organization_id, at FROM sale
    UNION ALL SELECT n, pay, 'tax', 'processor_balance', 'tax_liability', 2000, organization_id, at
        FROM sale
    UNION ALL SELECT n, fee, 'processor_fee.payment', 'processor_fees', 'processor_balance', 378,
        organization_id, at FROM sale
    UNION ALL SELECT n, bal, 'balance', 'sales_clearing', 'merchant_balance', 10000,
        organization_id, at FROM sale
    UNION ALL SELECT n, plat, 'platform_fee.payment', 'merchant_balance', 'platform_revenue', 650,
        organization_id, at FROM sale
) x
JOIN ledger_account d ON d.kind = x.debit AND d.currency = 'usd'
    AND (d.organization_id = x.organization_id OR d.organization_id IS NULL)
JOIN ledger_account k ON k.kind = x.credit AND k.currency = 'usd'
    AND (k.organization_id = x.organization_id OR k.organization_id IS NULL)
ORDER BY x.n;
SET session_replication_role = origin;
"""


def measure(url: str, seconds: int) -> list[report.Row]:
    """The rows of the ledger, in a database that has its tables; seeds what is missing."""
    _seed(url)
    writes, hot, many = [], [], []
    for _ in range(ROUNDS):
        writes.append(database.writes_per_second(url, seconds))
        hot.append(_entries_per_second(url, seconds, is_hot=True))
        many.append(_entries_per_second(url, seconds, is_hot=False))
    tpcb = median(writes)
    rows = [
        report.Row("pgbench TPC-B beside the ledger", CLIENTS, tpcb, "tx/s", None, None, None),
        *(
            report.Row(name, CLIENTS, median(found), "1/s", None, median(found) / tpcb, None)
            for name, found in (
                ("entries posted into one merchant's account", hot),
                (f"entries posted into the accounts of {MERCHANTS}", many),
            )
        ),
    ]
    return rows + _checks(url)


def _seed(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        more = _more_columns(connection)
        connection.execute(
            _SEED.format(
                merchants=MERCHANTS,
                sales=SALES,
                more_columns="".join(f", {name}" for name, _ in more),
                more_values="".join(f", {value}" for _, value in more),
            )  # type: ignore[arg-type]
        )
    database.settle(url)


def _more_columns(connection: psycopg.Connection[Any]) -> list[tuple[str, str]]:
    """Columns of merchants that came later and may not be null, with something to put there."""
    known = _SEED.split("organizations_organization (")[1].split("{more_columns}")[0]
    rows = connection.execute(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = "
        "'organizations_organization' AND is_nullable = 'NO' AND column_default IS NULL"
    ).fetchall()
    empty = {"jsonb": "'{}'", "boolean": "false", "integer": "0", "bigint": "0", "smallint": "0"}
    return [
        (name, empty.get(kind, "''"))
        for name, kind in rows
        if name not in known.replace(",", " ").split()
    ]


def _entries_per_second(url: str, seconds: int, *, is_hot: bool) -> float:
    context = multiprocessing.get_context("spawn")
    ready, counts = context.Barrier(CLIENTS + 1), context.Queue()
    posters = [
        context.Process(target=_post, args=(url, seconds, is_hot, number, ready, counts))
        for number in range(CLIENTS)
    ]
    for poster in posters:
        poster.start()
    ready.wait(120)
    found = [counts.get(timeout=seconds + 120) for _ in posters]
    for poster in posters:
        poster.join()
    return sum(found) / seconds


def _post(url: str, seconds: int, is_hot: bool, number: int, ready: Any, counts: Any) -> None:
    """What one worker does: entries of one transfer, each in a transaction of its own."""
    os.environ["DATABASE_URL"] = url
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from apps.core.clock import system_time
    from apps.core.ids import new_id
    from apps.ledger.books import Move, Place
    from apps.ledger.kinds import AccountKind
    from apps.ledger.operations import post_entry
    from apps.organizations.models import Organization

    merchants = Organization.objects.filter(slug__startswith="ledger-").order_by("slug")
    keys = list(merchants.values_list("pk", flat=True)[: 1 if is_hot else MERCHANTS])
    done, at = number * 7, system_time()
    ready.wait(120)
    begun, count = time.monotonic(), 0
    while time.monotonic() - begun < seconds:
        merchant = keys[done % len(keys)]
        move = Move(
            "balance",
            Place(AccountKind.SALES_CLEARING, "usd", merchant),
            Place(AccountKind.MERCHANT_BALANCE, "usd", merchant),
            1,
            at,
        )
        post_entry(
            reference=f"bench:{new_id().hex}",
            type="balance",
            transfers=[move],
            organization_id=merchant,
            at=at,
        )
        done, count = done + 1, count + 1
    counts.put(count)


def _checks(url: str) -> list[report.Row]:
    """All checks, beside one plain sum over the same transfers."""
    with psycopg.connect(url, autocommit=True) as connection:
        # What was posted meanwhile stays in clearing: here it would be found.
        connection.execute("SET session_replication_role = replica")
        connection.execute(
            "DELETE FROM ledger_transfer t USING ledger_entry e WHERE e.id = t.entry_id "
            "AND e.reference LIKE 'bench:%'"
        )
        connection.execute("DELETE FROM ledger_entry WHERE reference LIKE 'bench:%'")
    database.settle(url)
    scans = []
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET max_parallel_workers_per_gather = 0")
        for _ in range(3):
            begun = time.perf_counter()
            found = connection.execute("SELECT count(*), sum(amount) FROM ledger_transfer")
            count = found.fetchone()[0]  # type: ignore[index]
            scans.append(time.perf_counter() - begun)
    scan = median(scans)
    context = multiprocessing.get_context("spawn")
    answers = context.Queue()
    runner = context.Process(target=_run_checks, args=(url, answers))
    runner.start()
    times, failed, memory = answers.get(timeout=1200)
    runner.join()
    if failed:
        # Rows that a bench writes in bulk may well break a check; none may be too slow for it.
        raise SystemExit(f"Not carried through: {', '.join(failed)}.")
    total = sum(times.values())
    slowest = max(times, key=lambda name: times[name])
    return [
        report.Row(
            f"one plain sum of {count:,} transfers", None, scan * 1000, "ms", None, None, None
        ),
        _ratio(f"all {len(times)} checks over them", total, scan),
        _ratio(f"the slowest of them, {slowest}", times[slowest], scan),
        report.Row("memory of the process that checks", None, memory, "MB", None, None, None),
    ]


def _ratio(name: str, value: float, scan: float) -> report.Row:
    return report.Row(f"{name}; in plain sums", None, value, "s", None, value / scan, None)


def _run_checks(url: str, answers: Any) -> None:
    os.environ["DATABASE_URL"] = url
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import resource

    import django

    django.setup()
    from apps.core.clock import system_time
    from apps.invariants.registry import registered_checks
    from apps.invariants.selectors import results

    done = list(results(registered_checks().values(), at=system_time()))
    answers.put(
        (
            {one.check.name: one.duration_ms / 1000 for one in done},
            [one.check.name for one in done if one.error],
            resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        )
    )


def main() -> None:
    """This part of the bench alone."""
    load = os.getloadavg()[0]
    with ExitStack() as stack:
        from config import services

        stack.enter_context(services.running())
        url = os.environ["DATABASE_URL"]
        bench_url = database.create(url)
        stack.callback(database.drop, url)
        os.environ["DATABASE_URL"] = bench_url
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        import django
        from django.core.management import call_command
        from django.db import connections

        django.setup()
        call_command("migrate", interactive=False, verbosity=0)
        connections.close_all()
        database.prepare_pgbench(bench_url)
        rows = measure(bench_url, int(os.environ.get("BENCH_SECONDS", "4")))
        print(report.machine(database.version(bench_url), load))
    print("\n".join(report.lines(rows)))


if __name__ == "__main__":
    main()
