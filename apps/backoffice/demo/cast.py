"""Who and what the demo world is made of. Nothing here is random: two demos look the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

ORGANIZATION_NAME: Final = "Demo Store"
ORGANIZATION_SLUG: Final = "demo"


@dataclass(frozen=True, slots=True)
class Ware:
    """A product; `amounts` in minor units by currency, empty for "pay what you want"."""

    key: str
    name: str
    description: str
    amounts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Buyer:
    """A customer of the demo."""

    key: str
    name: str
    email: str
    address: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sale:
    """One purchase, paid with a test card; `amount` in minor units where the buyer names it."""

    key: str
    buyer: str
    ware: str
    currency: str
    card: str
    amount: int | None = None


WARES: Final = (
    Ware("guide", "Field guide", "The birds of the coast, as a PDF.", {"usd": 1900, "eur": 1800}),
    Ware("course", "Sketching course", "Twelve lessons outdoors.", {"usd": 14900, "eur": 13900}),
    Ware("print", "Signed print", "A3, numbered, on cotton paper.", {"usd": 6400, "eur": 5900}),
    Ware("tip", "Say thanks", "Pay what you want.", {}),
)

BUYERS: Final = (
    Buyer(
        "ada",
        "Ada Lindqvist",
        "ada@example.com",
        {"country": "SE", "line1": "Storgatan 4", "postal_code": "11455", "city": "Stockholm"},
    ),
    Buyer(
        "ben",
        "Ben Okafor",
        "ben@example.com",
        {
            "country": "US",
            "line1": "12 Elm Street",
            "postal_code": "97205",
            "city": "Portland",
            "state": "US-OR",
        },
    ),
    Buyer(
        "chloe",
        "Chloé Martin",
        "chloe@example.com",
        {"country": "FR", "line1": "8 rue des Lilas", "postal_code": "69003", "city": "Lyon"},
    ),
    Buyer(
        "daniel",
        "Daniel Weber",
        "daniel@example.com",
        {"country": "DE", "line1": "Lindenweg 7", "postal_code": "50667", "city": "Köln"},
    ),
)

SALES: Final = (
    Sale("1", "ada", "guide", "eur", "pm_card_visa"),
    Sale("2", "ben", "course", "usd", "pm_card_mastercard"),
    Sale("3", "chloe", "print", "eur", "pm_card_visa"),
    Sale("4", "daniel", "guide", "eur", "pm_card_amex"),
    Sale("5", "ben", "tip", "usd", "pm_card_visa", amount=500),
    Sale("6", "ada", "course", "eur", "pm_card_visa"),
    Sale("7", "ben", "print", "usd", "pm_card_visa_chargeDeclined"),
    Sale("8", "chloe", "course", "eur", "pm_card_createDispute"),
    Sale("9", "daniel", "print", "eur", "pm_card_createDispute"),
    Sale("10", "ben", "course", "usd", "pm_card_createDisputeProductNotReceived"),
)
# How the disputes of sales end, by their keys.
CONTESTED: Final = {"8": "open", "9": "won", "10": "lost"}
