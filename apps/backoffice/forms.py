"""What is asked before the machinery is told to work."""

from __future__ import annotations

from typing import Any

from apps.core.schedule import declared_jobs
from apps.core.staff import fields
from apps.core.staff.verbs import ReasonForm


class JobForm(ReasonForm):
    """Which periodic job; an address may name it (`?job=`)."""

    field_order = ("job", "reason")
    job = fields.choice("Job")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(entry.name, entry.name) for entry in declared_jobs()]
        self.fields["job"].choices = names
        self.fields["job"].initial = self.request.GET.get("job", "")
