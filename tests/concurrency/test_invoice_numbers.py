"""Issuers of numbers that meet: no gap, no double."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from apps.core.origin import Door, system_origin
from apps.customers.inputs import CustomerInput
from apps.customers.models import Customer
from apps.customers.operations import create_customer
from apps.orders.operations import next_invoice_number
from apps.organizations.models import Organization
from tests.support.merchants import make_organization

pytestmark = pytest.mark.django_db(transaction=True)
ISSUERS = 6
EACH = 5


@pytest.fixture(params=["customer", "organization"])
def customer(request: pytest.FixtureRequest) -> Customer:
    organization = make_organization()
    Organization.objects.filter(pk=organization.pk).update(invoice_numbering=request.param)
    organization.refresh_from_db()
    return create_customer(
        organization=organization,
        data=CustomerInput(email="ada@example.com"),
        origin=system_origin(Door.COMMAND),
    )


def issue(work: Callable[[int], None]) -> None:
    """Let all issuers work at once."""
    barrier = threading.Barrier(ISSUERS)

    def run(position: int) -> None:
        try:
            barrier.wait(10)
            work(position)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(position,)) for position in range(ISSUERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)


class TestNextInvoiceNumber:
    def test_reading_and_writing_apart_would_double(self, customer: Customer) -> None:
        """The race is there: a counter that is read first gives one number to all."""
        taken: list[int] = []
        read = threading.Barrier(ISSUERS)

        def naive(_: int) -> None:
            with transaction.atomic():
                number = Customer.objects.get(pk=customer.pk).next_invoice_number
                read.wait(10)
                Customer.objects.filter(pk=customer.pk).update(next_invoice_number=number + 1)
            taken.append(number)

        issue(naive)
        assert taken == [1] * ISSUERS

    def test_leaves_no_gap_and_no_double(self, customer: Customer) -> None:
        taken: list[str] = []

        def work(position: int) -> None:
            for round_ in range(EACH):
                try:
                    with transaction.atomic():
                        number = next_invoice_number(
                            organization=customer.organization, customer=customer
                        )
                        if (position + round_) % 3 == 0:
                            raise InterruptedError
                except InterruptedError:
                    continue
                taken.append(number)

        issue(work)

        assert sorted(int(number.rsplit("-", 1)[1]) for number in taken) == list(
            range(1, len(taken) + 1)
        )
        assert len(taken) == sum(
            (position + round_) % 3 != 0 for position in range(ISSUERS) for round_ in range(EACH)
        )
        assert len(set(taken)) == len(taken)
