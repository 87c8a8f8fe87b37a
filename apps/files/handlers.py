"""What events mean for files."""

from __future__ import annotations

from uuid import UUID

from apps.core.origin import Origin
from apps.events.models import Event
from apps.events.registry import subscribe
from apps.files.operations import remove_content


def register() -> None:
    """Subscribe; called once, when Django is ready."""
    subscribe("file.deleted", "files.remove_content", remove)


def remove(event: Event, origin: Origin) -> None:
    """A file was deleted; the outbox tries again if the storage does not answer."""
    remove_content(file_id=UUID(event.subject_id))
