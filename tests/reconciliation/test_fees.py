"""Fees that the processor bills apart are booked by what they are for, or wait for a person."""

from __future__ import annotations

import pytest

from apps.accounts.models import User
from apps.core.errors import ValidationFailed
from apps.core.origin import Actor, Door, Origin, build_origin
from apps.core.plans import PlanChanged
from apps.ledger.models import Transfer
from apps.reconciliation.models import BalanceTransaction, Discrepancy, FeeRule
from apps.reconciliation.operations import classify_fee, plan_classify_fee
from tests.support.books import broken_books
from tests.support.reconciling import compare, open_ones, states
from tests.support.refunding import held_by
from tests.support.tills import Till

UNKNOWN = "Stardust surcharge (2026-11): Comet dust"


def bill(till: Till, amount: int, description: str) -> None:
    till.sim.control("fees", {"amount": amount, "description": description})


def booked_as() -> list[tuple[str, int]]:
    return sorted(
        Transfer.objects.filter(entry__type="processor_fee").values_list("type", "amount")
    )


def somebody() -> Origin:
    user = User.objects.create_user("finance@example.com", staff_role="finance")
    return build_origin(
        actor=Actor.STAFF, actor_id=str(user.pk), actor_label=user.email, door=Door.BACKOFFICE
    )


class TestKnownFees:
    def test_are_expenses_of_their_kind(self, till: Till) -> None:
        for amount, description in (
            (200, "Connect (2026-11): Active Account"),
            (25, "Connect (2026-11): Payout Fee"),
            (40, "Connect (2026-11): Cross-Border Transfers"),
            (50, "Automatic Tax"),
            (7, "Radar for Fraud Teams"),
            (3, "3D Secure"),
            (1500, "Card dispute countered fee"),
            (9, "Card Account Updater"),
            (-4, "Payments: correction"),
        ):
            bill(till, amount, description)
        compare()
        assert states() == {"matched": 9}
        assert booked_as() == [
            ("processor_fee.account", 200),
            ("processor_fee.cross_border_transfer", 40),
            ("processor_fee.dispute", 1500),
            ("processor_fee.payment", 3),
            ("processor_fee.payment", 4),
            ("processor_fee.payment", 9),
            ("processor_fee.payout", 25),
            ("processor_fee.security", 7),
            ("processor_fee.tax", 50),
        ]
        assert held_by(None)["processor_fees"] == 1830
        assert held_by(None)["processor_balance"] == -1830
        compare(120)
        assert len(booked_as()) == 9
        assert open_ones() == []
        assert not broken_books()


class TestUnknownFees:
    def test_wait_for_a_person_while_the_rest_goes_on(self, till: Till) -> None:
        bill(till, 300, UNKNOWN)
        bill(till, 25, "Connect (2026-11): Payout Fee")
        compare()
        assert states() == {"matched": 1, "unmatched": 1}
        assert not Discrepancy.objects.exists()

    def test_are_named_once_and_known_from_then_on(self, till: Till) -> None:
        bill(till, 300, UNKNOWN)
        bill(till, 200, "STARDUST surcharge (2026-10): Comet dust")
        bill(till, 10, "Nebula levy")
        compare()
        line = BalanceTransaction.objects.get(description=UNKNOWN)
        who = somebody()
        wish = {"transaction_id": line.pk, "fee_type": "security", "pattern": "stardust surcharge"}
        plan = plan_classify_fee(**wish, origin=who)
        assert [one.amount for one in plan.transfers] == [300, 200] or [
            one.amount for one in plan.transfers
        ] == [200, 300]
        assert not FeeRule.objects.exists()
        with pytest.raises(PlanChanged):
            classify_fee(**wish, agreed="other", origin=who)
        classify_fee(**wish, agreed=plan.fingerprint, origin=who)
        assert FeeRule.objects.get().author_id is not None
        bill(till, 7, "Stardust surcharge, December")
        compare(120)
        assert states() == {"matched": 3, "unmatched": 1}
        assert held_by(None)["processor_fees"] == 507
        compare(130)
        assert len(booked_as()) == 3

    def test_are_not_named_by_words_that_they_lack(self, till: Till) -> None:
        bill(till, 300, UNKNOWN)
        compare()
        line = BalanceTransaction.objects.get()
        for pattern in ("", "  ", "moon"):
            with pytest.raises(ValidationFailed):
                classify_fee(
                    transaction_id=line.pk, fee_type="tax", pattern=pattern, origin=somebody_else()
                )
        assert not FeeRule.objects.exists()

    def test_follow_what_people_said_before_the_usual_words(self, till: Till) -> None:
        bill(till, 300, "Quasar 2026-10")
        compare()
        line = BalanceTransaction.objects.get()
        classify_fee(
            transaction_id=line.pk, fee_type="invoice", pattern="quasar", origin=somebody_else()
        )
        bill(till, 20, "Quasar payout fee")
        compare(120)
        assert booked_as() == [("processor_fee.invoice", 20), ("processor_fee.invoice", 300)]


def somebody_else() -> Origin:
    return build_origin(actor=Actor.SYSTEM, door=Door.COMMAND)
