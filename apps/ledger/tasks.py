"""What the ledger does by the clock."""

from apps.core.jobs import job
from apps.core.origin import Door, system_origin
from apps.ledger import operations


@job("ledger.take_checkpoints", queue="low")
def take_checkpoints(**_future: object) -> None:
    """Keep the tail short that balances are read from."""
    operations.take_checkpoints(origin=system_origin(Door.TASK))
