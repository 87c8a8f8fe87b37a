"""What a preview tells. Amounts in minor units."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from apps.core.money import minimum_amount
from apps.orders.models import Order
from apps.orders.operations.recurring import Line
from apps.subscriptions.periods import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargePreview:
    """
    An order to be, in minor units of `currency`; credits are below zero.

    `at` is when it is made. Of what is due, less than the processor charges is not charged but
    left to the order after. `balance_after` is the customer's balance then.
    """

    at: datetime
    currency: str
    lines: tuple[Line, ...] = ()
    base_amount: int = 0
    metered_amount: int = 0
    proration_amount: int = 0
    subtotal_amount: int = 0
    discount_amount: int = 0
    net_amount: int = 0
    tax_amount: int = 0
    total_amount: int = 0
    applied_balance_amount: int = 0
    due_amount: int = 0
    balance_after: int = 0

    @property
    def charged_amount(self) -> int:
        """What the processor will be asked for."""
        return self.due_amount if self.due_amount >= minimum_amount(self.currency) else 0

    @property
    def prorations(self) -> tuple[Line, ...]:
        """The lines for parts of periods."""
        return tuple(line for line in self.lines if line.is_proration)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePreview:
    """
    What a change would do.

    `charge` is the order made at once, None where there is none; it takes along whatever else
    waits to be billed. `difference` prices the lines of the change alone, which are billed at once
    or with the next order. `next_charge` is the next order after the change, `applies_at` when the
    change is made, `amount` what recurs from then on.
    """

    applies_at: datetime
    amount: int
    period: Period
    difference: ChargePreview
    charge: ChargePreview | None
    next_charge: ChargePreview


@dataclass(frozen=True, slots=True, kw_only=True)
class EndPreview:
    """
    What an end would leave: the last order, if anything waits, and the orders given up with it.
    """

    ends_at: datetime
    charge: ChargePreview | None
    voided_orders: tuple[Order, ...] = ()
