"""Random lives of a balance: it is always the sum of its rows, and what the ledger owes."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.core.ids import new_id
from apps.ledger.selectors import balances_of
from apps.orders.operations import unvoid_order, void_order
from apps.wallets.amounts import apply_balance
from apps.wallets.models import WalletMovement
from apps.wallets.operations import apply_to_order, carry_over, give_back_refund, reduce_by_refund
from tests.support.books import broken_books
from tests.wallets.conftest import ORIGIN, give, left, owner_of

pytestmark = pytest.mark.django_db

AMOUNTS = st.integers(-900, 900)
ACTS = st.lists(
    st.tuples(
        st.sampled_from(["adjust", "order", "void", "unvoid", "carry", "refund", "fail"]), AMOUNTS
    ),
    max_size=14,
)


class Life:
    """What happened to a customer, and what their balance must therefore be."""

    def __init__(self, customer, make_order) -> None:
        self.customer, self.make_order = customer, make_order
        self.orders, self.refunds = [], {}

    def adjust(self, amount):
        give(self.customer, amount)

    def order(self, amount):
        before = left(self.customer)
        wanted = apply_balance(amount, before)
        order = self.make_order(amount, applied=wanted.applied_balance_amount)
        for _ in range(2):
            made = apply_to_order(
                **owner_of(self.customer), order_id=order.pk, total_amount=amount, origin=ORIGIN
            )
            assert made.due_amount == wanted.due_amount
        assert left(self.customer) == before + wanted.movement_amount
        if wanted.due_amount:
            self.orders.append(order)

    def void(self, amount):
        if self.orders:
            order = self.orders[amount % len(self.orders)]
            order.refresh_from_db()
            if order.status == "pending":
                void_order(order_id=order.pk, origin=ORIGIN)

    def unvoid(self, amount):
        for order in self.orders:
            order.refresh_from_db()
            if order.status == "void":
                unvoid_order(order_id=order.pk, origin=ORIGIN)
                return

    def carry(self, amount):
        if amount > 0:
            carry_over(**owner_of(self.customer), order_id=new_id(), amount=amount, origin=ORIGIN)

    def refund(self, amount):
        before, refund_id = left(self.customer), new_id()
        reduce_by_refund(
            customer_id=self.customer.pk,
            currency="usd",
            order_id=new_id(),
            refund_id=refund_id,
            amount=abs(amount),
            origin=ORIGIN,
        )
        self.refunds[refund_id] = before - left(self.customer)
        assert min(before, 0) <= left(self.customer) <= before

    def fail(self, amount):
        if self.refunds:
            refund_id, taken = self.refunds.popitem()
            before = left(self.customer)
            for _ in range(2):
                give_back_refund(
                    customer_id=self.customer.pk,
                    currency="usd",
                    refund_id=refund_id,
                    origin=ORIGIN,
                )
            assert left(self.customer) == before + taken


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(ACTS)
def test_a_balance_is_its_rows_and_what_the_ledger_owes(customer, make_order, acts) -> None:
    life = Life(customer, make_order)
    for name, amount in acts:
        getattr(life, name)(amount)

        rows = WalletMovement.objects.order_by("pk").values_list("amount", "balance_after")
        running = 0
        for moved, after in rows:
            running += moved
            assert after == running
        assert left(customer) == running
    assert broken_books() == []
    owed = {row.balance.kind: row.balance.amount for row in balances_of(customer.organization_id)}
    assert owed.get("customer_balance", 0) == owed.get("customer_credit", 0) == left(customer)
