"""What is sound breaks nothing."""

import pytest

from apps.core.clock import system_time
from apps.invariants.registry import registered_checks
from apps.invariants.selectors import violations
from apps.orders.models import Order
from apps.orders.operations.importing import ImportedOrder, import_orders
from tests.invariants.world import World

pytestmark = pytest.mark.django_db


def test_nothing_is_wrong_with_a_sound_world(world: World) -> None:
    assert violations(registered_checks().values(), at=system_time()) == []


def test_numbers_of_other_systems_are_not_counted(world: World) -> None:
    imported = [
        ImportedOrder(
            customer_id=world.order.customer_id, product_id=None, number=number, at=system_time()
        )
        for number in ("S1003", "7")
    ]
    ids = import_orders(organization=world.order.organization, imported=imported)
    numbers = ("IMPORTED-S1003-77671b0b24", "IMPORTED-7-1234567890")
    for pk, number in zip(ids, numbers, strict=True):
        Order.objects.filter(pk=pk).update(invoice_number=number)
    check = registered_checks()["orders.invoice_numbers_have_no_gaps"]
    assert violations([check], at=system_time()) == []
