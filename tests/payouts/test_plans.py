"""What a plan foretells is what happens, in whatever state a payout is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.core.errors import DomainError
from apps.core.plans import Plan
from apps.ledger.models import Transfer
from apps.payouts.models import Payout
from apps.payouts.operations import (
    begin_attempt,
    begin_cancel,
    begin_transfer,
    fail_attempt,
    mark_payout_paid,
    plan_cancel_payout,
    plan_mark_payout_paid,
    plan_request_payout,
    plan_retry_payout,
    refuse_transfer,
    request_payout,
    settle_attempt,
)
from apps.payouts.operations.canceling import keep_payout, settle_cancel
from apps.payouts.selectors import ledger_money_of
from tests.payouts.conftest import NOW
from tests.support.books import broken_books
from tests.support.merchants import make_organization
from tests.support.payouts import (
    bank_payout,
    earn,
    link,
    make_account,
    origin_at,
    prove,
    transferred,
)

ORIGIN = origin_at(NOW)
pytestmark = pytest.mark.django_db

STEPS: dict[str, Callable[[Payout], Any]] = {
    "asked": lambda one: begin_transfer(payout_id=one.pk, origin=ORIGIN),
    "refused": lambda one: refuse_transfer(
        payout_id=one.pk, code="x", message="No.", origin=ORIGIN
    ),
    "transferred": lambda one: transferred(one, at=NOW),
    "tried": lambda one: begin_attempt(payout_id=one.pk, origin=ORIGIN),
    "part": lambda one: begin_attempt(payout_id=one.pk, amount=1000, origin=ORIGIN),
    "declined": lambda one: _last(one, lambda pk: fail_attempt(
        attempt_id=pk, code="x", message="No.", origin=ORIGIN
    )),
    "sent": lambda one: _last(one, lambda pk: _told(pk, "in_transit")),
    "paid": lambda one: _last(one, lambda pk: _told(pk, "paid")),
    "bounced": lambda one: _last(one, lambda pk: _told(pk, "failed")),
    "returning": lambda one: begin_cancel(payout_id=one.pk, origin=ORIGIN),
    "returned": lambda one: settle_cancel(payout_id=one.pk, reversal_id="trr_1", origin=ORIGIN),
    "kept": lambda one: keep_payout(payout_id=one.pk, message="No.", origin=ORIGIN),
}  # fmt: skip


def _told(attempt_id: Any, status: str) -> None:
    settle_attempt(attempt_id=attempt_id, facts=bank_payout(status, at=NOW), origin=ORIGIN)


def _last(payout: Payout, do: Callable[[Any], Any]) -> None:
    found = payout.attempts.order_by("-number").first()
    if found is not None:
        do(found.pk)


def booked(payout: Payout) -> Counter[tuple[str, str, int]]:
    """Every transfer of the organization, by the two kinds and the amount."""
    rows = Transfer.objects.filter(entry__organization_id=payout.organization_id)
    kinds = rows.values_list("debit_account__kind", "credit_account__kind", "amount")
    return Counter((_words(debit), _words(credit), amount) for debit, credit, amount in kinds)


def planned(plan: Plan) -> Counter[tuple[str, str, int]]:
    return Counter((one.debit, one.credit, one.amount) for one in plan.transfers)


def _words(kind: str) -> str:
    return kind.replace("_", " ")


def live(payout: Payout, steps: list[str]) -> Payout:
    """The payout after steps, each of which may be refused."""
    for step in steps:
        try:
            with transaction.atomic():
                STEPS[step](payout)
        except DomainError:
            pass
        payout.refresh_from_db()
        assert broken_books() == [], steps
    return payout


def cancel(payout: Payout, agreed: str) -> Payout:
    begun = begin_cancel(payout_id=payout.pk, agreed=agreed, origin=ORIGIN)
    if begun.transfer_status == "returning":
        return settle_cancel(payout_id=payout.pk, reversal_id="trr_2", origin=ORIGIN)
    return begun


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    is_manual=st.booleans(),
    steps=st.lists(st.sampled_from(sorted(STEPS)), max_size=9),
)
def test_foretell_what_happens(is_manual: bool, steps: list[str]) -> None:
    with transaction.atomic():
        organization = make_organization()
        type_ = "manual" if is_manual else "stripe"
        link(organization, make_account(at=NOW, type=type_), at=NOW)
        earn(organization, 10_000, at=NOW)
        plan = plan_request_payout(organization=organization, origin=ORIGIN)
        payout = request_payout(
            organization_id=organization.pk, agreed=plan.fingerprint, origin=ORIGIN
        )
        assert booked(payout) - Counter({("processor balance", "merchant balance", 10_000): 1}) == (
            planned(plan)
        )
        payout = live(payout, steps)
        for verb in ("retry", "mark", "cancel"):
            payout.refresh_from_db()
            before, was = booked(payout), payout.status
            try:
                foretold, after = _do(verb, payout)
            except DomainError:
                assert booked(payout) == before
                payout.refresh_from_db()
                assert payout.status == was
                continue
            assert booked(payout) - before == planned(foretold), (steps, verb)
            if verb != "retry":
                assert foretold.changes[0].after == after.status
            assert broken_books() == []
        assert ledger_money_of(payout).amount == payout.amount
        transaction.set_rollback(True)


def _do(verb: str, payout: Payout) -> tuple[Plan, Payout]:
    if verb == "retry":
        plan = plan_retry_payout(payout=payout)
        if payout.transfer_status != "made":
            # What is transferred again is booked with the processor's answer, which nobody gives.
            return replace(plan, transfers=()), payout
        begin_attempt(payout_id=payout.pk, origin=ORIGIN)
        return plan, payout
    if verb == "mark":
        if payout.is_manual:
            prove(payout, at=NOW)
        plan = plan_mark_payout_paid(payout=payout)
        return plan, mark_payout_paid(
            payout_id=payout.pk, reference="WIRE", agreed=plan.fingerprint, origin=ORIGIN
        )
    plan = plan_cancel_payout(payout=payout)
    return plan, cancel(payout, plan.fingerprint)
