"""Jobs of orders."""

from __future__ import annotations

from uuid import UUID

from apps.core.jobs import enqueue, job
from apps.core.origin import Door, system_origin
from apps.orders.models import Order
from apps.orders.offboarding import complete_if_due, due_offboarding_ids
from apps.orders.operations import release_stale_payment_locks
from apps.orders.operations.entitling import align_order_benefits
from apps.organizations.selectors import any_organization

# Orders whose product gives something else now, and the seconds between two of them.
ALIGN_BATCH, ALIGN_STEP = 500, 0.2
OFFBOARDING_BATCH = 100


@job("orders.release_stale_payment_locks", queue="low")
def release_stale_payment_locks_task(**_future: object) -> None:
    """Free orders whose charge has given no sign for long."""
    release_stale_payment_locks(origin=system_origin(Door.TASK))


@job("orders.complete_offboardings", queue="low")
def complete_offboardings_task(**_future: object) -> None:
    """End the offboarding of those whose last sale is long enough ago."""
    for organization_id in due_offboarding_ids(system_origin(Door.TASK).at, OFFBOARDING_BATCH):
        organization = any_organization(organization_id)
        origin = system_origin(Door.TASK, clock_offset=organization.clock_offset)
        complete_if_due(organization_id, origin)


@job("orders.align_of_product", queue="low")
def align_of_product_task(*, product_id: str, after: str | None = None, **_future: object) -> None:
    """Have a batch of the purchases of a product aligned, then ask for the next."""
    rows = Order.objects.filter(
        product_id=product_id, subscription_id=None, paid_at__isnull=False
    ).order_by("id")
    if after is not None:
        rows = rows.filter(pk__gt=after)
    ids = [str(row) for row in rows.values_list("pk", flat=True)[:ALIGN_BATCH]]
    for position, order_id in enumerate(ids):
        enqueue("orders.align_benefits", countdown=position * ALIGN_STEP, order_id=order_id)
    if len(ids) == ALIGN_BATCH:
        enqueue(
            "orders.align_of_product",
            countdown=ALIGN_BATCH * ALIGN_STEP,
            product_id=product_id,
            after=ids[-1],
        )


@job("orders.align_benefits", queue="low")
def align_benefits_task(*, order_id: str, **_future: object) -> None:
    """Make the grants of one purchase follow what it gives."""
    order = Order.objects.select_related("organization").get(pk=order_id)
    origin = system_origin(Door.TASK, clock_offset=order.organization.clock_offset)
    align_order_benefits(order_id=UUID(order_id), origin=origin)
