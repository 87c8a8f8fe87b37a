"""What the ledger does by the clock."""

from uuid import UUID

from apps.core.errors import ResourceNotFound
from apps.core.jobs import job
from apps.core.origin import Door, system_origin
from apps.ledger import operations
from apps.ledger.selectors.sales import unsummed_organization_ids
from apps.organizations.selectors import living_organization

LIMIT = 500


@job("ledger.take_checkpoints", queue="low")
def take_checkpoints(**_future: object) -> None:
    """Keep the tail short that balances are read from."""
    operations.take_checkpoints(origin=system_origin(Door.TASK))


@job("ledger.check_review", queue="low")
def check_review_task(*, organization_id: str, **_future: object) -> None:
    """See whether the sales of an organization call for a review."""
    _check(UUID(organization_id))


@job("ledger.check_reviews", queue="low")
def check_reviews_task(**_future: object) -> None:
    """The same for those that sold since they were last looked at."""
    for organization_id in unsummed_organization_ids(LIMIT):
        _check(organization_id)


def _check(organization_id: UUID) -> None:
    try:
        organization = living_organization(organization_id)
        origin = system_origin(Door.TASK, clock_offset=organization.clock_offset)
        operations.check_review_threshold(organization_id=organization_id, origin=origin)
    except ResourceNotFound:
        # Deleted meanwhile.
        return
