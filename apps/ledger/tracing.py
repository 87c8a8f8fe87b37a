"""
From any id that somebody has in hand to the entries it left in the books.

The ledger knows its own ids; what an invoice number or a charge of the processor leads to is known
to the apps above, which register how to find it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Q

from apps.ledger.models import Entry


@dataclass(frozen=True, slots=True)
class Trace:
    """What an id belongs to (`app.model` and key), and how its entries are told."""

    subject: str
    key: str
    order_id: UUID | None = None
    payment_id: UUID | None = None
    references: tuple[str, ...] = ()


Tracer = Callable[[str, UUID | None], Iterable[Trace]]
_tracers: Final[list[Tracer]] = []


def register_tracer(tracer: Tracer) -> None:
    """Have `tracer(term, term as a UUID)` asked for what an id belongs to; by indexes alone."""
    _tracers.append(tracer)


def traces(term: str) -> list[Trace]:
    """Everything that has this id, in the order of the floors."""
    key = _as_uuid(term)
    return [trace for tracer in _tracers for trace in tracer(term, key)]


def entries_of_id(term: str) -> Q | None:
    """Which entries an id leads to; None if nothing has it."""
    key = _as_uuid(term)
    found = traces(term)
    references = {one for trace in found for one in trace.references} | {term}
    wanted = Q(reference__in=sorted(references | {f"reversal:{one}" for one in references}))
    orders = {trace.order_id for trace in found if trace.order_id}
    payments = {trace.payment_id for trace in found if trace.payment_id}
    if key is not None:
        wanted |= Q(pk=key) | Q(organization_id=key)
        orders.add(key)
        payments.add(key)
    if orders:
        wanted |= Q(order_id__in=orders)
    if payments:
        wanted |= Q(payment_id__in=payments)
    if not found and key is None and not Entry.objects.filter(wanted).exists():
        return None
    return wanted


def _as_uuid(term: str) -> UUID | None:
    try:
        return UUID(term)
    except ValueError:
        return None
