"""Sales that meet: the same one twice, and two that want the same fee credit."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from apps.ledger.models import Account, Entry, FeeCredit
from apps.ledger.operations import grant_fee_credit, post_sale
from tests.ledger.conftest import ORIGIN, make_organization, organization, sale_of
from tests.support.books import broken_books

__all__ = ["make_organization", "organization"]

pytestmark = pytest.mark.django_db(transaction=True)


def together(*works: Callable[[], object]) -> list[object]:
    """Run in threads that start at the same moment; their results, or the errors they died of."""
    barrier = threading.Barrier(len(works))
    results: list[object] = [None] * len(works)

    def run(position: int, work: Callable[[], object]) -> None:
        try:
            barrier.wait(10)
            results[position] = work()
        except Exception as error:
            results[position] = error
        finally:
            connection.close()

    threads = [
        threading.Thread(target=run, args=(position, work)) for position, work in enumerate(works)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


class TestPostSale:
    @pytest.mark.parametrize("_round", range(5))
    def test_posts_the_same_sale_once(self, organization, _round):
        sale = sale_of(organization)

        results = together(*[lambda: post_sale(sale=sale, origin=ORIGIN)] * 4)

        assert len(set(results)) == 1
        assert results[0].platform_fee_amount == 650
        assert Entry.objects.count() == 4
        assert broken_books() == []

    def test_waits_for_the_other_to_commit(self, organization):
        """The second poster of a charge answers only when it is certain that it is booked."""
        sale = sale_of(organization)
        posted, commit, answered = threading.Event(), threading.Event(), threading.Event()

        def first() -> object:
            with transaction.atomic():
                result = post_sale(sale=sale, origin=ORIGIN)
                posted.set()
                assert commit.wait(20)
                return result

        def second() -> object:
            assert posted.wait(20)
            threading.Timer(0.3, commit.set).start()
            result = post_sale(sale=sale, origin=ORIGIN)
            answered.set()
            assert commit.is_set()
            return result

        one, other = together(first, second)

        assert answered.is_set()
        assert one == other

    @pytest.mark.parametrize("_round", range(3))
    def test_spends_a_credit_once(self, organization, _round):
        grant_fee_credit(organization_id=organization.pk, title="Gift", amount=700, origin=ORIGIN)
        sales = [sale_of(organization) for _ in range(3)]

        results = together(
            *[lambda sale=sale: post_sale(sale=sale, origin=ORIGIN) for sale in sales]
        )

        assert sorted(result.platform_fee_amount for result in results) == [0, 600, 650]
        assert FeeCredit.objects.get().used_amount == 700
        assert broken_books() == []

    def test_opens_accounts_of_many_merchants_at_once(self, make_organization):
        owners = [make_organization() for _ in range(4)]

        results = together(
            *[lambda owner=owner: post_sale(sale=sale_of(owner), origin=ORIGIN) for owner in owners]
        )

        assert all(result.platform_fee_amount == 650 for result in results)
        assert Account.objects.filter(organization=None).count() == 4
        assert broken_books() == []

    def test_of_one_merchant_does_not_wait_for_another(self, make_organization):
        """No row is shared by all sales: one that has not committed stops nobody."""
        slow, fast = make_organization(), make_organization()
        for owner in (slow, fast):
            post_sale(sale=sale_of(owner), origin=ORIGIN)
        posted, done = threading.Event(), threading.Event()

        def dawdle() -> object:
            with transaction.atomic():
                result = post_sale(sale=sale_of(slow), origin=ORIGIN)
                posted.set()
                assert done.wait(20)
                return result

        def hurry() -> object:
            assert posted.wait(20)
            result = post_sale(sale=sale_of(fast), origin=ORIGIN)
            done.set()
            return result

        results = together(dawdle, hurry)

        assert all(result.platform_fee_amount == 650 for result in results)
