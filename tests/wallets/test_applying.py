import pytest

from apps.core.ids import new_id
from apps.ledger.models import Entry, Transfer
from apps.ledger.selectors import explain_order
from apps.wallets.models import Wallet, WalletMovement
from apps.wallets.operations import (
    Applied,
    MovementConflict,
    apply_to_order,
    carry_over,
    give_back_refund,
    reduce_by_refund,
)
from tests.support.books import broken_books
from tests.wallets.conftest import ORIGIN, give, left, owner_of

pytestmark = pytest.mark.django_db


def apply(customer, total, order_id=None):
    return apply_to_order(
        **owner_of(customer), order_id=order_id or new_id(), total_amount=total, origin=ORIGIN
    )


class TestApplyToOrder:
    @pytest.mark.parametrize(
        ("total", "before", "applied", "due", "after"),
        [
            (5000, 10000, -5000, 0, 5000),
            (5000, 2000, -2000, 3000, 0),
            (5000, -50, 50, 5050, 0),
            (-5000, 10000, 0, 0, 15000),
            (-5000, -50, 50, 0, 4950),
            (-1000, -2500, 1000, 0, -1500),
            (0, -500, 500, 500, 0),
            (0, 500, 0, 0, 500),
            (700, 0, 0, 700, 0),
        ],
    )
    def test_uses_credit_and_collects_debt(self, customer, total, before, applied, due, after):
        give(customer, before)

        assert apply(customer, total) == Applied(applied, due)
        assert left(customer) == after
        assert broken_books() == []

    def test_finds_what_it_did_the_first_time(self, customer):
        give(customer, 300)
        order_id = new_id()
        first = apply(customer, 1000, order_id)
        give(customer, 5000)

        assert apply(customer, 1000, order_id) == first == Applied(-300, 700)
        assert left(customer) == 5000

    def test_refuses_another_total_of_the_same_order(self, customer):
        give(customer, 300)
        order_id = new_id()
        apply(customer, 1000, order_id)

        with pytest.raises(MovementConflict):
            apply(customer, 200, order_id)

        assert left(customer) == 0

    def test_makes_no_wallet_for_nothing(self, customer):
        apply(customer, 1000)

        assert not Wallet.objects.exists()

    def test_leaves_other_currencies_alone(self, customer):
        give(customer, 300, "eur")

        assert apply(customer, 1000) == Applied(0, 1000)

    def test_posts_what_is_owed_to_customers(self, customer):
        give(customer, 1000)
        order_id = new_id()

        apply(customer, 400, order_id)

        entry = Entry.objects.get(order_id=order_id)
        transfer = Transfer.objects.get(entry=entry)
        assert transfer.debit_account.kind == "customer_balance"
        assert transfer.credit_account.kind == "customer_credit"
        assert (transfer.amount, transfer.currency) == (400, "usd")
        movement = WalletMovement.objects.get(order_id=order_id)
        assert movement.entry_reference == entry.reference
        # It is no part of where the money of the order went.
        assert explain_order(order_id) == []


class TestCarryOver:
    def test_leaves_a_debt_once(self, customer):
        order_id = new_id()
        for _ in range(2):
            carry_over(**owner_of(customer), order_id=order_id, amount=49, origin=ORIGIN)

        assert left(customer) == -49
        assert apply(customer, 1000) == Applied(49, 1049)
        assert broken_books() == []


class TestReduceByRefund:
    def refund(self, customer, amount, refund_id=None):
        return reduce_by_refund(
            customer_id=customer.pk,
            currency="usd",
            order_id=new_id(),
            refund_id=refund_id or new_id(),
            amount=amount,
            origin=ORIGIN,
        )

    @pytest.mark.parametrize(
        ("before", "amount", "after"), [(1000, 300, 700), (200, 300, 0), (0, 300, 0), (-5, 300, -5)]
    )
    def test_takes_credit_as_far_as_there_is_any(self, customer, before, amount, after):
        give(customer, before)

        self.refund(customer, amount)

        assert left(customer) == after

    def test_counts_each_refund_for_itself_and_once(self, customer):
        give(customer, 1000)
        order_id, refund_id = new_id(), new_id()
        for one in (refund_id, refund_id, new_id()):
            reduce_by_refund(
                customer_id=customer.pk,
                currency="usd",
                order_id=order_id,
                refund_id=one,
                amount=300,
                origin=ORIGIN,
            )

        assert left(customer) == 400

    def test_gives_back_exactly_what_a_failed_one_took(self, customer):
        give(customer, 200)
        refund_id = new_id()
        self.refund(customer, 300, refund_id)
        give(customer, 50)

        for _ in range(2):
            give_back_refund(
                customer_id=customer.pk, currency="usd", refund_id=refund_id, origin=ORIGIN
            )

        assert left(customer) == 250
        assert broken_books() == []
