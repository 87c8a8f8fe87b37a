"""Where our documents differ from the SDK on purpose, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from apps.api.conformity import Difference


@dataclass(frozen=True, slots=True)
class Deliberate:
    """Whatever differs at `place` of these operations does so because of `reason`."""

    operations: tuple[str, ...]
    place: str
    reason: str

    def covers(self, difference: Difference) -> bool:
        """Whether it explains the difference."""
        return difference.operation in self.operations and difference.place == self.place


_PRODUCTS = ("products.create", "products.update")
_STATES = ("customers.get_state", "customers.get_state_external")
_CHECKOUTS = ("checkouts.create", "checkouts.get", "checkouts.update")
_METERS = "There are no meters yet; a product that asks for one is refused."
_FLOATS = "The SDK lets fractions into the metadata of a buyer, but forgets to read them."

_KEYS = "Only who sends an Idempotency-Key meets this, and the SDK sends none."
_IDS = "An id that is none is a list of problems everywhere; the SDK expects none just here."

DELIBERATE: Final = (
    Deliberate(("customer_sessions.create",), "errors.409", _KEYS),
    Deliberate(
        (
            "customer_portal.orders.confirm_retry_payment",
            "customer_portal.orders.generate_invoice",
            "orders.generate_invoice",
        ),
        "errors.422",
        _IDS,
    ),
    Deliberate(
        _STATES,
        "answer.active_subscriptions[].status",
        "The SDK mixes up two types called Status: it takes that of a licence key for this one.",
    ),
    Deliberate(
        ("discounts.create",),
        "body.type",
        "A discount says what it is rather than have it guessed; whoever forgets it is told.",
    ),
    Deliberate(("checkouts.list",), "answer.items[].customer_metadata.*", _FLOATS),
    Deliberate(_CHECKOUTS, "answer.customer_metadata.*", _FLOATS),
    Deliberate(
        ("files.create",), "body.service", "There are no support cases to attach a file to."
    ),
    Deliberate(("products.create",), "body.meter_interval", _METERS),
    Deliberate(("products.create",), "body.meter_interval_count", _METERS),
    Deliberate(_PRODUCTS, "body.prices[].amount_type", _METERS),
    Deliberate(_PRODUCTS, "body.prices[].meter_id", _METERS),
    Deliberate(_PRODUCTS, "body.prices[].cap_amount", _METERS),
    Deliberate(_PRODUCTS, "body.prices[].unit_amount", _METERS),
)


def reasons_of(differences: list[Difference]) -> dict[Difference, str]:
    """The reason of each difference, empty for one that nobody meant."""
    return {
        one: next((entry.reason for entry in DELIBERATE if entry.covers(one)), "")
        for one in differences
    }


def unneeded(differences: list[Difference]) -> list[tuple[str, str]]:
    """The operations and places of entries that none of all differences needs."""
    found = {(one.operation, one.place) for one in differences}
    return [
        (operation, entry.place)
        for entry in DELIBERATE
        for operation in entry.operations
        if (operation, entry.place) not in found
    ]
