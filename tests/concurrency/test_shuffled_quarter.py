"""However webhooks arrive, a quarter ends in the same ledger."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator

import pytest

from apps.core.clock import system_time
from apps.core.origin import Door, system_origin
from apps.invariants.registry import Area, registered_checks
from apps.invariants.selectors import violations
from apps.ledger.models import Entry
from apps.orders.models import Order
from apps.organizations.models import Organization
from apps.payments.models import Refund
from apps.payouts.models import Payout
from apps.processors.operations import ensure_webhook_endpoint
from tests.support.merchants import make_organization
from tests.support.quarter import Quarter
from tests.support.stripesim import stripesim
from tests.support.tills import Till, till

__all__ = ["stripesim", "till"]

# QUARTER_ORDERS=500 is the quarter of a merchant in business, and takes a quarter of an hour.
ORDERS = int(os.environ.get("QUARTER_ORDERS", "13"))

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(180 + 20 * ORDERS),
]


def outcome(organization: Organization) -> dict[str, object]:
    """What became of everything, beside the balances."""

    def of(model: type, field: str) -> Counter[str]:
        rows = model.objects.filter(organization=organization)  # type: ignore[attr-defined]
        return Counter(rows.values_list(field, flat=True))

    return {
        "orders": of(Order, "status"),
        "refunds": of(Refund, "status"),
        "payouts": of(Payout, "status"),
        "entries": net_of_reversals(of(Entry, "type")),
    }


def net_of_reversals(entries: Counter[str]) -> Counter[str]:
    """Without what was booked and taken back: who hears late of a failed refund never books it."""
    net = Counter(entries)
    for kind in [kind for kind in entries if kind.endswith("_reversal")]:
        net[kind.removesuffix("_reversal")] -= net.pop(kind)
    return net


@pytest.fixture
def bank_till(till: Till) -> Iterator[Till]:
    """A till that hears of its merchants' accounts, too."""
    url = f"{till.url}/webhooks/stripe/connect"
    ensure_webhook_endpoint(url=url, is_connect=True, origin=system_origin(Door.COMMAND))
    yield till
    endpoints = till.sim.client().v1.webhook_endpoints
    for endpoint in endpoints.list({"limit": 100}).auto_paging_iter():
        if endpoint.url == url:
            endpoints.delete(endpoint.id)


def test_ends_in_the_same_ledger_as_the_orderly_run(bank_till: Till) -> None:
    till = bank_till
    begun = system_time()
    orderly = Quarter(till, till.merchant.organization, ORDERS, is_orderly=True, at=begun).live()
    shuffled = Quarter(till, make_organization("Late"), ORDERS, is_orderly=False, at=begun).live()

    assert len(orderly.orders) == len(shuffled.orders) >= ORDERS
    assert min(orderly.handled, shuffled.handled) > ORDERS
    assert outcome(shuffled.organization) == outcome(orderly.organization)
    assert shuffled.held() == orderly.held()
    assert shuffled.fingerprint() == orderly.fingerprint()
    # Something of each kind did happen.
    assert {"payment", "refund", "dispute", "unclaimed_payment", "payout_paid"} <= {
        str(kind) for kind in Entry.objects.values_list("type", flat=True).distinct()
    }
    books = [one for one in registered_checks().values() if one.area != Area.FLOW]
    assert violations(books, at=system_time()) == []
