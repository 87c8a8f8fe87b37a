"""The statement is read in windows, whatever happens on the way, and agrees with sound books."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.processors import gateway
from apps.reconciliation.models import BalanceTransaction, Discrepancy, EntryLink, Run
from apps.reconciliation.operations import (
    begin_run,
    finish_run,
    keep_lines,
    reconcile,
    running,
    take_page,
)
from apps.reconciliation.operations.judging import Judged
from apps.reconciliation.operations.running import WIDEST, WINDOW
from tests.support.reconciling import compare, later, open_ones, statement, states
from tests.support.refunding import lost_payment, paid_order, refund
from tests.support.tills import Till


class TestAgreement:
    def test_is_found_for_sales_refunds_and_what_came_back(self, till: Till) -> None:
        order = paid_order(till)
        refund(order, 500)
        failed = refund(order, 300)
        till.sim.control(f"refunds/{failed.processor_id}", {"outcome": "fail"})
        lost_payment(till)
        till.settle()
        compare()
        assert open_ones() == []
        assert states() == {"matched": 5}
        kinds = BalanceTransaction.objects.order_by("happened_at", "pk")
        assert sorted(kinds.values_list("matched_to", flat=True)) == [
            "payment",
            "payment",
            "refund",
            "refund",
            "refund",
        ]

    def test_is_found_for_a_foreign_currency(self, till: Till) -> None:
        organization = till.merchant.organization
        organization.default_presentment_currency = "eur"
        lost_payment(till)
        compare()
        assert open_ones() == []


class TestWindows:
    def test_hold_every_line_once_however_often_they_are_read(self, till: Till) -> None:
        for _ in range(3):
            lost_payment(till)
        compare()
        compare()
        assert BalanceTransaction.objects.count() == len(statement(till)) == 3
        assert EntryLink.objects.count() == 6

    def test_are_repeated_from_the_page_at_which_a_run_broke_off(
        self, till: Till, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for _ in range(5):
            lost_payment(till)
        asked: list[str] = []
        ask = gateway.list_balance_transactions

        def in_twos(**params: Any) -> Any:
            asked.append(params["after"])
            if len(asked) == 3:
                raise SystemExit
            return ask(**params, limit=2)

        monkeypatch.setattr(gateway, "list_balance_transactions", in_twos)
        with pytest.raises(SystemExit):
            reconcile(origin=later())
        assert BalanceTransaction.objects.count() == 4
        run = reconcile(origin=later())
        assert asked[3] == asked[2] != ""
        assert run.finished_at
        assert states() == {"matched": 5}
        assert run.seen_count == 5

    def test_find_what_came_late_for_the_one_before(self, till: Till) -> None:
        compare(0)
        first = Run.objects.get(finished_at__isnull=False, until_at=None)
        lost_payment(till)
        run = compare(90)
        assert run.since_at < first.started_at
        assert BalanceTransaction.objects.count() == 1

    def test_belong_to_one_of_two_who_read_at_once(self, till: Till) -> None:
        lost_payment(till)
        run = begin_run(origin=later())
        assert begin_run(origin=later()) == run
        page = gateway.list_balance_transactions(since=run.since_at, until=None)
        first = take_page(run_id=run.pk, after="", page=page, origin=later())
        second = take_page(run_id=run.pk, after="", page=page, origin=later())
        assert first.seen_count == second.seen_count == len(page.lines)
        ended = finish_run(run_id=run.pk, judged=Judged(), origin=later())
        assert finish_run(run_id=run.pk, judged=Judged(), origin=later(99)) == ended

    def test_of_a_run_that_has_fallen_behind_become_wider(self, till: Till) -> None:
        _begin_days_ago(till, 730)
        lost_payment(till)
        compare()
        runs = list(Run.objects.order_by("started_at", "since_at"))
        widths = [run.until_at - run.since_at for run in runs if run.until_at is not None]
        assert widths[0] == WINDOW
        assert widths == sorted(widths)
        assert widths[-1] == WIDEST
        assert len(runs) < 40
        assert [run.until_at for run in runs][-1] is None
        assert states() == {"matched": 1}

    def test_become_narrower_again_where_much_is_found(
        self, till: Till, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(running, "FEW", 0)
        _begin_days_ago(till, 4)
        compare()
        windows = Run.objects.exclude(until_at=None)
        assert {run.until_at - run.since_at for run in windows if run.until_at} == {WINDOW}


def _begin_days_ago(till: Till, days: int) -> None:
    organization = till.merchant.organization
    organization.created_at -= timedelta(days=days)
    organization.save(update_fields=["created_at"])


class TestCost:
    def test_does_not_grow_with_the_lines_of_a_page(self, till: Till) -> None:
        for _ in range(6):
            lost_payment(till)
        compare()
        lines = gateway.list_balance_transactions().lines
        counts = []
        for some in (lines[:2], lines):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                keep_lines(lines=some, origin=later())
            counts.append(len(queries))
        assert counts[0] == counts[1]
        assert not Discrepancy.objects.exists()
