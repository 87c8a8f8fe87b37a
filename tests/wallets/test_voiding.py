import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.orders.operations import unvoid_order, void_order
from apps.wallets.models import WalletMovement
from apps.wallets.operations import retake_of_unvoid, return_of_void
from tests.support.books import broken_books
from tests.wallets.conftest import ORIGIN, give, left, owner_of

pytestmark = pytest.mark.django_db


class TestVoidOrder:
    @pytest.mark.parametrize(
        ("total", "applied", "before", "after"),
        [
            (3000, -1000, 0, 1000),
            (3000, -1000, 1500, 1000),
            (3000, 0, 500, 0),
            (3000, 0, 4000, 1000),
            (3000, 50, 0, -50),
            (3000, -1000, -200, 800),
        ],
    )
    def test_takes_unearned_credit_and_gives_back_what_the_order_used(
        self, customer, make_order, total, applied, before, after
    ):
        give(customer, before)

        void_order(order_id=make_order(total, applied=applied).pk, origin=ORIGIN)

        assert left(customer) == after
        assert broken_books() == []

    def test_returns_nothing_a_second_time(self, customer, make_order):
        order = make_order(3000, applied=-1000)
        facts = {"due_amount": 2000, "applied_balance_amount": -1000, "origin": ORIGIN}
        first = return_of_void(**owner_of(customer), order_id=order.pk, **facts)

        assert return_of_void(**owner_of(customer), order_id=order.pk, **facts) == first
        assert left(customer) == 1000


class TestUnvoidOrder:
    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
    @given(
        total=st.integers(1, 500),
        applied=st.integers(-400, 400),
        before=st.integers(-300, 900),
        times=st.integers(1, 3),
    )
    def test_is_neutral_with_the_voiding_before_it(
        self, customer, make_order, total, applied, before, times
    ):
        give(customer, before - left(customer))
        order = make_order(total, applied=applied)

        for _ in range(times):
            void_order(order_id=order.pk, origin=ORIGIN)
            unvoid_order(order_id=order.pk, origin=ORIGIN)

        assert left(customer) == before

    def test_leaves_a_debt_where_the_credit_was_spent(self, customer, make_order):
        order = make_order(3000, applied=-1000)
        void_order(order_id=order.pk, origin=ORIGIN)
        give(customer, -700)

        unvoid_order(order_id=order.pk, origin=ORIGIN)

        assert left(customer) == -700
        assert broken_books() == []

    def test_takes_what_an_order_voided_before_there_were_movements_used(
        self, customer, make_order
    ):
        order = make_order(3000, applied=-1000, status="void")
        give(customer, 1200)

        unvoid_order(order_id=order.pk, origin=ORIGIN)

        assert left(customer) == 200

    def test_takes_nothing_a_second_time(self, customer, make_order):
        order = make_order(3000, applied=-1000)
        void_order(order_id=order.pk, origin=ORIGIN)
        unvoid_order(order_id=order.pk, origin=ORIGIN)

        assert not retake_of_unvoid(
            **owner_of(customer), order_id=order.pk, applied_balance_amount=-1000, origin=ORIGIN
        )
        assert WalletMovement.objects.count() == 2
