"""
What is claimed of merchants' money and is not in the books yet, such as refunds on their way.

An upper app registers a source in its `AppConfig.ready()`; whoever shows a merchant's money asks
all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """
    One amount that will leave a merchant's balance, unless it comes to nothing.

    `kind` is a plural noun, `amount` the merchant's part of it in minor units of the settlement
    `currency`. `model` (`app.model`) and `key` name its record.
    """

    kind: str
    amount: int
    currency: str
    since: datetime
    model: str
    key: Any


Source = Callable[[UUID], Iterable[Claim]]
_sources: list[Source] = []


def register_claims(source: Source) -> None:
    """Have `source(organization_id)` asked from now on; it costs a constant number of queries."""
    if source not in _sources:
        _sources.append(source)


def claims_of(organization_id: UUID, *, currency: str) -> list[Claim]:
    """All claims on a merchant's money in a currency, oldest first."""
    found = (one for source in _sources for one in source(organization_id))
    return sorted((one for one in found if one.currency == currency), key=lambda one: one.since)
