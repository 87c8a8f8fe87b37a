"""What staff are asked about a customer."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import ValidationError

from apps.core.staff import fields
from apps.core.staff.records import as_uuid
from apps.core.staff.verbs import ReasonForm
from apps.customers.models import Customer
from apps.customers.selectors import customer_by_email


class EmailForm(ReasonForm):
    """The new address."""

    field_order = ("email", "reason")
    email = fields.email("New e-mail")


class MergeForm(ReasonForm):
    """Into whom; an address may name them (`?into=`)."""

    field_order = ("into", "reason")
    into = fields.line(
        "Into", help_text="The customer who stays: id, or e-mail at the same merchant."
    )

    def clean_into(self) -> UUID:
        """The id of the customer meant, whoever's they are: the plan says what is possible."""
        term = self.cleaned_data["into"].strip()
        key = as_uuid(term)
        mine = Customer.objects.select_related("organization").filter(pk=self.object_id).first()
        if key is not None and Customer.objects.filter(pk=key).exists():
            return key
        found = customer_by_email(mine.organization, term) if mine and not key else None
        if found is None:
            raise ValidationError("There is no such customer.")
        return found.pk
