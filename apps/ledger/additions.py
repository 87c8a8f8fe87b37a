"""What the verbs of lower apps mean for the books, for their plans."""

from __future__ import annotations

from typing import Any

from apps.core.money import format_amount
from apps.core.plans import Plan, add_to_plan
from apps.ledger.kinds import AccountKind
from apps.ledger.selectors import balances_of

# What has to be settled before its owner goes.
OPEN_MONEY = {
    AccountKind.MERCHANT_BALANCE: "Its balance of {} has to be paid out or settled first.",
    AccountKind.UNCLAIMED_PAYMENTS: "Payments of {} without an order have to be returned first.",
    AccountKind.PAYOUTS_DUE: "Payouts of {} have to arrive or be canceled first.",
    AccountKind.RESERVED: "Its reserve of {} has to be released first.",
    AccountKind.HELD: "What is held of it, {}, has to be released first.",
    AccountKind.DISPUTE_HOLDS: "Disputes about {} of its sales have to end first.",
    AccountKind.REFUND_HOLDS: "Refunds of {} of its sales have to end first.",
    AccountKind.CUSTOMER_BALANCE: "Its customers have a balance of {} to be settled first.",
}


def register() -> None:
    """Called once, when the app is ready."""
    add_to_plan("organizations.delete_organization", _open_money)


def _open_money(*, organization: Any, **_: Any) -> Plan:
    """Nobody goes who is owed money, or owes it."""
    found = [one.balance for one in balances_of(organization.pk) if one.balance.amount]
    return Plan(
        obstacles=tuple(
            OPEN_MONEY[AccountKind(one.kind)].format(format_amount(one.amount, one.currency))
            for one in found
            if one.kind in OPEN_MONEY
        )
    )
