"""Checkpoints against transactions that drew their transfer ids early and commit late."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from apps.ledger.books import Move, Place
from apps.ledger.kinds import AccountKind
from apps.ledger.models import Account, Checkpoint, Transfer
from apps.ledger.operations import open_accounts, post_entry, take_checkpoints
from apps.ledger.selectors import balance
from tests.ledger.conftest import NOW, ORIGIN
from tests.support.books import broken_books

CASH = Place(AccountKind.PROCESSOR_BALANCE, "usd")
TAX = Place(AccountKind.TAX_LIABILITY, "usd")

pytestmark = pytest.mark.django_db(transaction=True)


def post(reference: str, amount: int) -> None:
    post_entry(
        reference=reference,
        type="payment",
        transfers=[Move("tax", CASH, TAX, amount)],
        organization_id=None,
        at=NOW,
    )


def in_thread(work: Callable[[], None]) -> threading.Thread:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@contextmanager
def uncommitted(reference: str, amount: int) -> Iterator[None]:
    """A sale that has drawn its transfer id and commits when the block ends."""
    posted, commit = threading.Event(), threading.Event()

    def work() -> None:
        with transaction.atomic():
            post(reference, amount)
            posted.set()
            assert commit.wait(30)

    thread = in_thread(work)
    assert posted.wait(30)
    try:
        yield
    finally:
        commit.set()
        thread.join(30)


def take_until_settled() -> None:
    """Other databases of the server have transactions of their own to end first."""
    last = Transfer.objects.order_by("-pk")[0].pk
    for _ in range(300):
        take_checkpoints(origin=ORIGIN)
        if Checkpoint.objects.filter(last_transfer_id__gte=last).exists():
            return
        time.sleep(0.1)
    raise AssertionError("no horizon became safe in 30 seconds")


def cash() -> int:
    return balance(Account.objects.get(kind=CASH.kind)).amount


def checkpoint_at_highest_visible() -> None:
    """The naive way, to show that the race is real: the sums as of the highest id in sight."""
    last = Transfer.objects.order_by("-pk")[0].pk
    for account in Account.objects.all():
        now = balance(account)
        Checkpoint.objects.create(
            account=account,
            last_transfer_id=last,
            debit_amount=now.debit_amount,
            credit_amount=now.credit_amount,
            taken_at=NOW,
        )


class TestTakeCheckpoints:
    def test_the_highest_visible_id_would_lose_a_late_commit(self):
        open_accounts([CASH, TAX])
        with uncommitted("late", 100):
            post("early", 7)
            checkpoint_at_highest_visible()

        assert cash() == 7
        assert broken_books()

    def test_keeps_a_late_commit(self):
        open_accounts([CASH, TAX])
        with uncommitted("late", 100):
            post("early", 7)
            take_checkpoints(origin=ORIGIN)
            assert not Checkpoint.objects.exists()
            assert cash() == 7

        assert cash() == 107
        take_until_settled()
        assert Checkpoint.objects.count() == 2
        assert cash() == 107
        assert broken_books() == []

    def test_uses_a_horizon_marked_before_the_running_sale(self):
        open_accounts([CASH, TAX])
        post("first", 5)
        with uncommitted("ends before the next run", 11):
            take_checkpoints(origin=ORIGIN)
        with uncommitted("still running", 100):
            for _ in range(300):
                take_checkpoints(origin=ORIGIN)
                if Checkpoint.objects.exists():
                    break
                time.sleep(0.1)
            marked = Checkpoint.objects.order_by("-last_transfer_id")[0].last_transfer_id
            assert marked == Transfer.objects.order_by("-pk")[0].pk
            assert cash() == 16

        assert cash() == 116
        assert broken_books() == []

    def test_writes_nothing_where_nothing_moved(self):
        post("first", 5)
        take_until_settled()

        assert take_checkpoints(origin=ORIGIN) == 0
        assert Checkpoint.objects.count() == 2

    def test_stays_exact_while_sales_go_on(self):
        open_accounts([CASH, TAX])
        stop = threading.Event()
        rounds = 60

        def sell(seller: int) -> None:
            for number in range(rounds):
                with transaction.atomic():
                    post(f"{seller}:{number}", 1 + number)
                    time.sleep(0.001 * (seller + number % 5))

        def check() -> None:
            while not stop.is_set():
                take_checkpoints(origin=ORIGIN)

        sellers = [in_thread(lambda seller=seller: sell(seller)) for seller in range(4)]
        takers = [in_thread(check) for _ in range(2)]
        for thread in sellers:
            thread.join(60)
        stop.set()
        for thread in takers:
            thread.join(60)

        assert cash() == 4 * rounds * (rounds + 1) // 2
        take_until_settled()
        assert cash() == 4 * rounds * (rounds + 1) // 2
        assert broken_books() == []
