"""Row locks of the job machinery."""

from uuid import UUID

from apps.core.errors import ResourceNotFound
from apps.core.models import DeadTask


def lock_dead_task(dead_task_id: UUID) -> DeadTask:
    """The dead task, locked until the end of the transaction."""
    try:
        return DeadTask.objects.select_for_update(no_key=True).get(pk=dead_task_id)
    except DeadTask.DoesNotExist:
        raise ResourceNotFound from None
