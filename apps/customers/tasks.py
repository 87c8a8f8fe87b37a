"""What customers need by the clock."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from apps.core.jobs import job
from apps.core.origin import Door, Origin, system_origin
from apps.core.timers import Timer, register_timer
from apps.customers import operations
from apps.customers.operations.email_changes import forget_email_changes
from apps.customers.operations.signing_in import forget_sign_in_codes
from apps.customers.selectors import changed_customers, clock_offset_of, states_due

LIMIT: Final = 500


def register() -> None:
    """Have the time machine tell of changed states; called once at start."""
    register_timer(Timer(name="customers.state", due=states_due, run=_announce, rank=95))


@job("customers.forget_sessions", queue="low")
def forget_sessions(**_future: object) -> None:
    """Delete the sessions, the changes of address and the codes that have expired."""
    origin = system_origin(Door.TASK)
    operations.forget_customer_sessions(origin=origin)
    forget_email_changes(origin=origin)
    forget_sign_in_codes(origin=origin)


@job("customers.announce_state", queue="low")
def announce_state_task(*, customer_id: str, **_future: object) -> None:
    """Tell the state of one customer, if it has come to rest."""
    _announce_now(UUID(customer_id))


@job("customers.announce_states", queue="low")
def announce_states_task(**_future: object) -> None:
    """Tell the states that the broker lost, or that the clock of their organization held back."""
    for customer_id in changed_customers(limit=LIMIT):
        _announce_now(customer_id)


def _announce_now(customer_id: UUID) -> None:
    offset = clock_offset_of(customer_id)
    if offset is not None:
        _announce(customer_id, system_origin(Door.TASK, clock_offset=offset))


def _announce(customer_id: UUID, origin: Origin) -> None:
    operations.announce_state(customer_id=customer_id, origin=origin)
