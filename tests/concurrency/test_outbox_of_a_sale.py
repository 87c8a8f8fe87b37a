"""A whole sale while the broker is down: charged, stored, and finished when it is back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from apps.catalog.inputs import PriceInput, ProductInput
from apps.catalog.operations import create_product
from apps.checkouts.operations import NewCheckout, confirm_checkout, create_checkout
from apps.core.origin import Door, Origin, system_origin
from apps.events.models import Delivery, Event
from apps.events.operations import send_due_deliveries
from apps.orders.models import Order
from apps.processors.models import InboundEvent
from apps.processors.operations import send_due_events
from tests.support import probes
from tests.support.brokers import OwnValkey, own_valkey
from tests.support.ledger_of_sales import is_booked, require_one_sale
from tests.support.stripesim import stripesim
from tests.support.tills import BUYER, STRIPE_BASES, Till, till
from tests.support.workers import eventually, worker

__all__ = ["stripesim", "till"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def valkey() -> Iterator[OwnValkey]:
    with own_valkey() as server:
        yield server


def later(minutes: int) -> Origin:
    now = system_origin(Door.TASK)
    return replace(now, at=now.at + timedelta(minutes=minutes))


def sell(till: Till) -> object:
    origin = system_origin(Door.CHECKOUT)
    organization = till.merchant.organization
    price = PriceInput(kind="fixed", currency="usd", fixed_amount=2000)
    data = ProductInput(name="Handbook", prices=[price])
    product = create_product(organization=organization, data=data, origin=origin)
    checkout = create_checkout(
        organization=organization, data=NewCheckout(product_ids=[product.pk]), origin=origin
    )
    confirm_checkout(
        checkout_id=checkout.pk,
        changes=BUYER,
        confirmation_token_id=till.token(),
        origin=origin,
    )
    return checkout.pk


def test_a_sale_without_a_broker_is_finished_once(
    till: Till, valkey: OwnValkey, tmp_path: Path
) -> None:
    valkey.stop()
    checkout_id = sell(till)
    till.deliver()
    assert InboundEvent.objects.filter(type="charge.updated").exists()
    assert not Order.objects.exists(), "nobody has told a worker"

    valkey.start()
    log = tmp_path / "worker.log"
    stripe = dict.fromkeys(STRIPE_BASES, till.sim.url)
    with worker(valkey.url, log=log, PROBED_EVENTS="order.paid", **stripe):
        send_due_events(origin=later(1))
        eventually(lambda: is_booked(checkout_id), seconds=60, what=log.read_text)
        paid = Event.objects.get(type="order.paid")
        eventually(lambda: len(probes.traces(paid)) >= 3, what=log.read_text)
        # What the sweepers send a second time finds the work done.
        send_due_events(origin=later(60))
        send_due_deliveries(origin=later(60))
        eventually(lambda: not Delivery.objects.filter(done_at=None).exists())

    require_one_sale(till, checkout_id)
    assert probes.traces(paid) == sorted(probes.HANDLERS)
