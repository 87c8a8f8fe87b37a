"""Jobs of reconciliation."""

from __future__ import annotations

from typing import Final

import structlog

from apps.core.errors import Unavailable
from apps.core.jobs import enqueue, job
from apps.core.origin import Door, system_origin
from apps.organizations.clocks import is_any_in_past
from apps.processors.errors import PaymentError
from apps.reconciliation.operations import is_caught_up, reconcile
from apps.reconciliation.operations.accounts import compare_account
from apps.reconciliation.selectors.accounts import accounts_to_compare

log = structlog.get_logger(__name__)

# How often one job goes on before it hands over to the next: well within the time a job has.
WINDOWS: Final = 10
# How many accounts one job looks at.
ACCOUNTS: Final = 100


@job("reconciliation.run", queue="low")
def run_task(**_future: object) -> None:
    """
    Compare the processor's statement with the books, up to now.

    Waits for a business that is led from its past to the present: what its sandbox Stripe writes
    meanwhile is dated before what was read.
    """
    if is_any_in_past():
        return
    for _ in range(WINDOWS):
        try:
            run = reconcile(origin=system_origin(Door.TASK))
        except Unavailable as error:
            # The run stays open: the next one goes on at its cursor.
            log.warning("statement_not_read", error=error.code)
            return
        if is_caught_up(run):
            return
    enqueue("reconciliation.run")


@job("reconciliation.compare_accounts", queue="low")
def compare_accounts_task(**_future: object) -> None:
    """Compare the statements of merchants' own accounts with our payouts, the oldest look first."""
    if is_any_in_past():
        return
    origin = system_origin(Door.TASK)
    for account_id in accounts_to_compare(at=origin.at, limit=ACCOUNTS):
        try:
            compare_account(account_id=account_id, origin=origin)
        except (Unavailable, PaymentError) as error:
            # One that cannot be read keeps nobody else from being compared.
            log.warning("account_not_read", account_id=str(account_id), error=error.code)
