"""How much of an order can go back, and how an amount divides into net and tax. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from apps.core.errors import ValidationFailed
from apps.core.money import format_amount, round_half_even
from apps.orders.models import Order


class RefundAmountTooHigh(ValidationFailed):
    """More than can still go back: `maximum`, net, in minor units."""

    def __init__(self, amount: int, maximum: int, currency: str) -> None:
        self.maximum = maximum
        message = f"At most {format_amount(maximum, currency)} can be refunded, before tax."
        super().__init__(
            [{"loc": ["body", "amount"], "msg": message, "type": "less_than_equal",
              "input": amount}]
        )  # fmt: skip


class Refundable(Protocol):
    """What the sums below need of an order."""

    currency: str
    net_amount: int
    tax_amount: int
    applied_balance_amount: int
    refunded_amount: int
    refunded_tax_amount: int


@dataclass(frozen=True, slots=True)
class Parts:
    """An amount that goes back: net and tax, in minor units."""

    amount: int
    tax_amount: int

    @property
    def gross_amount(self) -> int:
        """Both."""
        return self.amount + self.tax_amount


def refundable(order: Refundable, *, promised: Parts = Parts(0, 0)) -> Parts:
    """
    What can still go back, less what is `promised` to go back already.

    Credit that the order used does not come back by a refund; a debt that it collected does.
    """
    net = order.net_amount + order.applied_balance_amount - order.refunded_amount
    tax = order.tax_amount - order.refunded_tax_amount
    return Parts(max(0, net - promised.amount), max(0, tax - promised.tax_amount))


def parts_of_net(order: Refundable, amount: int, *, promised: Parts = Parts(0, 0)) -> Parts:
    """
    `amount` net with the tax that goes along: its share, all that is left with the last of it.

    :raises RefundAmountTooHigh: if less than `amount` is left.
    """
    left = refundable(order, promised=promised)
    if amount > left.amount:
        raise RefundAmountTooHigh(amount, left.amount, order.currency)
    if amount == left.amount:
        return left
    return Parts(amount, min(_tax_share(order, amount, order.net_amount), left.tax_amount))


def parts_of_gross(order: Refundable, gross: int, *, promised: Parts = Parts(0, 0)) -> Parts:
    """
    What the processor gave back divided into net and tax.

    It may be more than is left, since it has happened: no more tax than is left, the rest is net.
    """
    left = refundable(order, promised=promised)
    if gross == left.gross_amount:
        return left
    total = order.net_amount + order.tax_amount
    tax = min(_tax_share(order, gross, total), left.tax_amount, gross)
    return Parts(gross - tax, tax)


def status_after(order: Order, refunded_amount: int) -> Order.Status:
    """What a paid order is once so much, net, has gone back in all."""
    if refunded_amount <= 0:
        return Order.Status.PAID
    if refunded_amount >= order.net_amount + order.applied_balance_amount:
        return Order.Status.REFUNDED
    return Order.Status.PARTIALLY_REFUNDED


def _tax_share(order: Refundable, amount: int, whole: int) -> int:
    if not order.tax_amount or whole <= 0:
        return 0
    return abs(round_half_even(Fraction(order.tax_amount * amount, whole)))
