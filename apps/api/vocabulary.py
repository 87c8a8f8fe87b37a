"""Words and objects that answers of many kinds share."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, NotRequired, TypedDict

from apps.api.shapes import Empty, OneOf, Shown
from apps.core.countries import COUNTRIES

INTERVALS: Final = ("day", "week", "month", "year")

# Of what lies above those who show it.
ORDER_STATUSES: Final = ("draft", "pending", "paid", "refunded", "partially_refunded", "void")
SUBSCRIPTION_STATUSES: Final = ("trialing", "active", "past_due", "paused", "canceled")

Interval = Annotated[str, OneOf(INTERVALS)]
Country = Annotated[str, OneOf(sorted(COUNTRIES))]
Processor = Annotated[str, OneOf(("stripe",))]
ProrationBehavior = Annotated[str, OneOf(("invoice", "prorate", "next_period", "reset"))]
TaxBehaviorOption = Annotated[str, OneOf(("location", "inclusive", "exclusive"))]
Metadata = dict[str, str | int | float | bool]
NoneYet = Annotated[list[dict[str, Any]], Empty()]
CustomerMetadata = Annotated[dict[str, Any], Shown(dict[str, str | int | bool])]
FieldAnswers = Annotated[dict[str, Any], Shown(dict[str, str | int | bool | None])]


class AddressBody(TypedDict):
    """A billing address; what is not known is null or absent."""

    country: Country
    line1: NotRequired[str | None]
    line2: NotRequired[str | None]
    postal_code: NotRequired[str | None]
    city: NotRequired[str | None]
    state: NotRequired[str | None]


Address = Annotated[dict[str, Any], Shown(AddressBody)]


class DocumentBody(TypedDict):
    """Where a document can be had."""

    url: str


# An answer that says no more than that the request was accepted.
Nothing = Literal[None]
