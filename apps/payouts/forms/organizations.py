"""Which organization something is about, asked by verbs of lists."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError

from apps.core.staff import fields
from apps.core.staff.records import as_uuid
from apps.core.staff.verbs import ReasonForm
from apps.organizations.models import Organization


class OrganizationForm(ReasonForm):
    """Which organization; an address may name it (`?organization=`)."""

    field_order: tuple[str, ...] = ("organization", "reason")
    organization = fields.line("Organization", help_text="Slug or id.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organization"].initial = self.request.GET.get("organization", "")

    def clean_organization(self) -> Organization:
        """The living organization meant."""
        term = self.cleaned_data["organization"].strip()
        key = as_uuid(term)
        rows = Organization.objects.filter(deleted_at=None)
        found = (rows.filter(pk=key) if key else rows.filter(slug=term)).first()
        if found is None:
            raise ValidationError("There is no such organization.")
        return found
