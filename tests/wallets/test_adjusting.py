from dataclasses import replace

import pytest

from apps.core.errors import ValidationFailed
from apps.core.plans import PlanChanged
from apps.events.models import Event
from apps.wallets.models import Wallet, WalletMovement
from apps.wallets.operations import adjust_wallet, plan_wallet_adjustment
from tests.wallets.conftest import ORIGIN, give, left

pytestmark = pytest.mark.django_db


def adjust(customer, amount=500, currency="usd", origin=ORIGIN, **more):
    return adjust_wallet(
        customer=customer, currency=currency, amount=amount, note="Sorry", origin=origin, **more
    )


class TestAdjustWallet:
    def test_writes_the_movement_the_balance_and_the_event(self, customer):
        movement = adjust(customer, 500)
        adjust(customer, -700)

        assert (movement.balance_after, movement.note) == (500, "Sorry")
        assert left(customer) == -200
        event = Event.objects.filter(type="wallet.adjusted").latest("pk")
        assert event.changes == {"balance_amount": [500, -200]}

    def test_is_what_was_planned_or_nothing(self, customer):
        plan = plan_wallet_adjustment(customer=customer, currency="usd", amount=500)
        assert [(one.before, one.after) for one in plan.changes] == [("$0.00", "$5.00")]
        assert [(one.debit, one.credit, one.amount) for one in plan.transfers] == [
            ("customer credit", "customer balance", 500)
        ]
        adjust(customer, 500, agreed=plan.fingerprint)

        with pytest.raises(PlanChanged):
            adjust(customer, 500, agreed=plan.fingerprint)

        assert left(customer) == 500

    def test_happens_once_for_one_idempotency_key(self, customer):
        once = replace(ORIGIN, idempotency_key="abc")

        assert adjust(customer, origin=once) == adjust(customer, origin=once)
        assert left(customer) == 500
        assert Event.objects.filter(type="wallet.adjusted").count() == 1

    @pytest.mark.parametrize(
        ("amount", "currency", "field"),
        [(0, "usd", "amount"), (10**12, "usd", "amount"), (5, "zzz", "currency")],
    )
    def test_refuses_what_cannot_be(self, customer, amount, currency, field):
        for refused in (
            adjust,
            lambda *facts: plan_wallet_adjustment(
                customer=facts[0], amount=facts[1], currency=facts[2]
            ),
        ):
            with pytest.raises(ValidationFailed) as error:
                refused(customer, amount, currency)
            assert error.value.problems[0]["loc"] == ["body", field]

        assert not WalletMovement.objects.exists()


class TestChecks:
    def rules(self):
        from tests.support.books import broken_books

        return {finding.check for finding in broken_books()}

    def test_find_a_balance_that_is_not_its_movements(self, customer):
        give(customer, 500)
        Wallet.objects.update(balance=501)

        assert self.rules() == {
            "wallets.wallets_are_sums",
            "wallets.customers_are_owed_what_they_have",
        }

    def test_find_a_movement_that_was_not_posted(self, customer):
        give(customer, 500)
        WalletMovement.objects.update(reference="elsewhere")

        assert self.rules() == {"wallets.movements_are_posted"}

    def test_find_a_wallet_that_the_ledger_does_not_know(self, customer):
        Wallet.objects.create(
            organization=customer.organization,
            customer=customer,
            currency="usd",
            balance=5,
            created_at=ORIGIN.at,
        )

        assert "wallets.customers_are_owed_what_they_have" in self.rules()
