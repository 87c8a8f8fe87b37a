"""Who has something to say about a disputed payment. Upper apps register their sources too."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from apps.customers.models import Customer
from apps.disputes.dossier.evidence import Evidence
from apps.disputes.models import Dispute
from apps.orders.models import Order
from apps.organizations.models import Organization
from apps.payments.models import Payment
from apps.processors.gateway.checks import ChargeChecks


@dataclass(frozen=True, slots=True)
class Traits:
    """By what a purchase can be recognised as the same person's; empty where it is not known."""

    ip_address: str = ""
    device: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What every source is told. `checks` is None where the charge could not be read any more."""

    dispute: Dispute
    organization: Organization
    payment: Payment
    order: Order | None
    customer: Customer | None
    checks: ChargeChecks | None
    traits: Mapping[UUID, Traits] = field(default_factory=dict)

    def traits_of(self, payment: Payment) -> Traits:
        """What is known of the purchase that a payment belongs to."""
        return self.traits.get(payment.pk, Traits())


Source = Callable[[Case], Evidence | None]
TraitSource = Callable[[list[Payment]], dict[UUID, Traits]]
_sources: dict[str, tuple[int, Source]] = {}
_trait_sources: list[TraitSource] = []


def add_source(name: str, source: Source, *, position: int) -> None:
    """
    Let a source speak, in the order of positions; it reads and writes nothing.

    Called in `AppConfig.ready()`; the same name again takes the other's place.
    """
    _sources[name] = (position, source)


def add_traits(source: TraitSource) -> None:
    """Let an app tell the traits of payments, by their ids, in a constant number of queries."""
    if source not in _trait_sources:
        _trait_sources.append(source)


def sources() -> list[Source]:
    """All of them in order."""
    ordered = sorted(_sources.items(), key=lambda item: (item[1][0], item[0]))
    return [source for _, (_, source) in ordered]


def traits_of(payments: Iterable[Payment]) -> dict[UUID, Traits]:
    """What the apps above know of these payments."""
    listed = list(payments)
    found: dict[UUID, Traits] = {}
    for source in _trait_sources:
        found.update(source(listed))
    return found
