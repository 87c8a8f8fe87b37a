"""Payouts and refunds, lived through by moving the test clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from apps.core.clock import system_time
from apps.core.origin import Door, system_origin
from apps.core.timers import timers
from apps.organizations.models import Organization
from apps.payments.models import Payment
from apps.payouts.models import Payout
from apps.payouts.operations import (
    HoldTerms,
    place_hold,
    set_payout_schedule,
)
from apps.sandbox.models import ClockRun
from apps.sandbox.operations import run_clock, start_clock_run
from tests.payouts.conftest import make_bank
from tests.support.books import broken_books
from tests.support.merchants import make_organization
from tests.support.payouts import earn, origin_at
from tests.support.stock import make_stock
from tests.support.stripesim import StripeSim, stripesim

__all__ = ["stripesim"]

pytestmark = pytest.mark.django_db(transaction=True)


def advance(organization: Organization, span: timedelta) -> ClockRun:
    organization.refresh_from_db()
    origin = system_origin(Door.COMMAND, clock_offset=organization.clock_offset)
    run = start_clock_run(
        organization_id=organization.pk, span=span, in_background=False, origin=origin
    )
    return run_clock(run_id=run.pk, is_new=True, origin=origin)


def test_scheduled_payouts_reach_their_bank_by_the_clock_alone(
    stripesim: StripeSim, settings: Any
) -> None:
    bank = make_bank(stripesim, settings)
    organization, now = bank.organization, system_time()
    earn(organization, 5000, at=now, available_at=now + timedelta(days=9))
    origin = origin_at(now)
    terms = HoldTerms(amount=2000, release_at=now + timedelta(days=8))
    place_hold(organization_id=organization.pk, terms=terms, origin=origin)
    set_payout_schedule(organization_id=organization.pk, schedule="weekly", origin=origin)

    run = advance(organization, timedelta(days=20))

    assert run.failure_count == 0, run.failures
    first, second = Payout.objects.filter(organization=organization).order_by("created_at")[:2]
    assert (first.status, second.status) == ("succeeded", "succeeded")
    assert first.gross_amount + second.gross_amount == 15_000
    # The processor's clock is up to a stretch behind that of the organization.
    assert first.paid_at is not None
    assert first.created_at <= first.paid_at < first.created_at + timedelta(days=4)
    assert len(bank.bank_payouts()) == 2
    assert broken_books() == []


class TestTimers:
    def due(self, name: str, organization: Organization, until: datetime) -> list[Any]:
        timer = next(one for one in timers() if one.name == name)
        return list(timer.due(organization.pk, until))

    def test_ask_for_refunds_and_settlements_as_beat_does(self, db: None) -> None:
        stock = make_stock_with_refund()
        organization, now = stock.organization, system_time()
        later = now + timedelta(minutes=20)
        [refund] = self.due("payments.refund", organization, later)
        assert refund.subject_id == stock.payment.refunds.get().pk
        assert self.due("payments.refund", organization, now - timedelta(days=1)) == []
        [booking] = self.due("payments.booking", organization, later)
        assert booking.subject_id == stock.payment.pk
        assert booking.at == stock.payment.created_at + timedelta(minutes=15)
        Payment.objects.filter(pk=stock.payment.pk).update(booked_at=now)
        assert self.due("payments.booking", organization, later) == []

    def test_leave_other_organizations_alone(self, db: None) -> None:
        make_stock_with_refund()
        other = make_stock_with_refund()
        later = system_time() + timedelta(minutes=20)
        assert len(self.due("payments.refund", other.organization, later)) == 1


def make_stock_with_refund() -> Any:
    stock = make_stock(make_organization())
    stock.payment.refunds.update(next_check_at=system_time())
    return stock
