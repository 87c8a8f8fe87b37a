"""Every kind of damage that a check must find."""

from tests.invariants.damages.disputes import DISPUTES
from tests.invariants.damages.kinds import Damage
from tests.invariants.damages.ledger import LEDGER
from tests.invariants.damages.machinery import MACHINERY
from tests.invariants.damages.payouts import PAYOUTS
from tests.invariants.damages.reconciliation import RECONCILIATION
from tests.invariants.damages.sales import SALES
from tests.invariants.damages.subscriptions import SUBSCRIPTIONS
from tests.invariants.damages.tax import TAX

__all__ = ["DAMAGES", "Damage"]

DAMAGES = (*LEDGER, *TAX, *SALES, *PAYOUTS, *DISPUTES, *SUBSCRIPTIONS, *MACHINERY, *RECONCILIATION)
