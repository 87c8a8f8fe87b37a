"""What staff are asked about a customer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q

from apps.core.staff import fields
from apps.core.staff.records import as_uuid
from apps.core.staff.verbs import ReasonForm
from apps.customers.models import Customer
from apps.customers.selectors import customer_by_email


class CustomerForm(ReasonForm):
    """Whose; an address may name the customer (`?customer=`)."""

    field_order: tuple[str, ...] = ("customer", "reason")
    customer = fields.line("Customer", help_text="Id, or an e-mail that one customer has.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["customer"].initial = self.request.GET.get("customer", "")

    def clean_customer(self) -> Customer:
        """The customer meant."""
        term = self.cleaned_data["customer"].strip()
        key = as_uuid(term)
        wanted = Q(pk=key) if key else Q(email__iexact=term, deleted_at=None)
        found = list(Customer.objects.select_related("organization").filter(wanted)[:2])
        if len(found) != 1:
            raise ValidationError(
                "Several merchants have a customer with this address: give the id."
                if found
                else "There is no such customer."
            )
        return found[0]


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
