"""Everything that is held about a customer, table by table: found by asking the models."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from django.db.models import BinaryField, Field, Model

from apps.customers.belongings import OWN, belongings
from apps.customers.models import Customer, Member
from apps.events.models import Event

# Keys to something are no knowledge of a person, and would open it to whoever reads the file.
WITHHELD: Final = re.compile(r"secret|token|hash|fingerprint|claim")
# What a merchant's servers answered, and what staff wrote down for a bank, is not the customer's.
UNOPENED: Final = frozenset({"webhooks.WebhookEvent", "disputes.Dispute"})


def held_data(customer: Customer) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """
    (table, its rows as field to value) of all that is the customer's, or a part of that.

    Ids of rows elsewhere stay ids. Tables without a row are left out.
    """
    yield "customers.Customer", _rows(Customer, pk=customer.pk)
    members = _rows(Member, customer=customer.pk)
    if members:
        yield "customers.Member", members
    owned = belongings()
    seen: set[type[Model]] = {Customer, *OWN, *(one.model for one in owned)}
    for one in owned:
        rows = _rows(one.model, **{one.field: customer.pk})
        if rows:
            yield one.label, rows
            yield from _parts(one.model, one.field, customer, seen)
    subjects = [str(customer.pk), *(str(row["id"]) for row in members)]
    events = _rows(Event, subject_id__in=subjects)
    if events:
        yield "events.Event", events


def _parts(
    model: type[Model], field: str, customer: Customer, seen: set[type[Model]]
) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """What the rows of a model consist of: the lines of an order, the devices of a key."""
    if model._meta.label in UNOPENED:
        return
    for relation in model._meta.related_objects:
        part = relation.related_model
        if relation.many_to_many or part in seen or isinstance(part, str):
            continue
        seen.add(part)
        rows = _rows(part, **{f"{relation.field.name}__{field}": customer.pk})
        if rows:
            yield part._meta.label, rows


def _rows(model: type[Model], **where: Any) -> list[dict[str, Any]]:
    names = [field.attname for field in model._meta.concrete_fields if _is_told(field)]
    rows = model._base_manager.filter(**where).order_by("pk")
    return [dict(zip(names, values, strict=True)) for values in rows.values_list(*names)]


def _is_told(field: Field[Any, Any]) -> bool:
    return not isinstance(field, BinaryField) and not WITHHELD.search(field.name)
