"""
What happens in two years of the demo's subscription business, written down day by day.

Made from a fixed seed: the same people, plans and turns every time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from apps.subscriptions.models import Subscription

SEED: Final = 1896
DAYS: Final = 730
PEOPLE: Final = 64
GOOD, LATER_REFUSED = "pm_card_visa", "pm_card_chargeCustomerFail"
CARDS: Final = (GOOD, GOOD, "pm_card_mastercard", "pm_card_amex", "pm_card_visa_debit")

FIRST: Final = (
    "Alma", "Bruno", "Carla", "Dario", "Edda", "Felix", "Greta", "Hugo", "Ines", "Jonas", "Kaja",
    "Luca", "Mira", "Nils", "Olga", "Pablo",
)  # fmt: skip
LAST: Final = ("Abel", "Brandt", "Costa", "Dupont", "Ek", "Ferrari", "Gruber", "Holm")
COUNTRIES: Final = (
    {"country": "DE", "line1": "Hafenstraße 1", "postal_code": "20457", "city": "Hamburg"},
    {"country": "FR", "line1": "2 quai du Port", "postal_code": "13002", "city": "Marseille"},
    {"country": "NL", "line1": "Havenweg 3", "postal_code": "3011", "city": "Rotterdam"},
    {
        "country": "US",
        "line1": "4 Pier Road",
        "postal_code": "97103",
        "city": "Astoria",
        "state": "US-OR",
    },
)
REASONS: Final = tuple(Subscription.CancellationReason.values)


@dataclass(frozen=True, slots=True)
class Person:
    """A customer to be."""

    number: int
    name: str
    email: str
    address: dict[str, str]


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that somebody does on a day (0 to `DAYS`); `facts` go with the verb."""

    day: float
    person: int
    verb: str
    facts: dict[str, Any] = field(default_factory=dict)


def people() -> list[Person]:
    """The customers, in the order in which they come."""
    found = []
    for number in range(PEOPLE):
        first, last = FIRST[number % len(FIRST)], LAST[(number * 5 + number // 16) % len(LAST)]
        email = f"{first}.{last}.{number}@example.com".lower()
        address = COUNTRIES[number % len(COUNTRIES)]
        found.append(Person(number, f"{first} {last}", email, address))
    return found


def acts() -> list[Act]:
    """Everything that people do, in order; what follows from it by itself is not here."""
    random = Random(SEED)  # noqa: S311 -- the same story every time
    found = [act for person in range(PEOPLE) for act in _life(person, random)]
    return sorted((act for act in found if act.day < DAYS), key=lambda act: act.day)


def _life(person: int, random: Random) -> Iterator[Act]:
    # More and more come, as the business grows.
    begun = DAYS * (person / PEOPLE) ** 0.75 + random.uniform(0, 6)
    plan = random.choices(("solo", "solo-yearly", "studio", "team"), (4, 3, 3, 2))[0]
    facts: dict[str, Any] = {"plan": plan, "card": random.choice(CARDS)}
    if plan == "team":
        facts["seats"] = random.randint(2, 12)
    elif random.random() < 0.25:
        facts["discount"] = random.choice(("LAUNCH", "FRIENDS"))
    yield Act(begun, person, "subscribe", facts)
    if plan == "studio" and random.random() < 0.2:
        yield Act(begun + 9, person, "cancel", {"reason": "too_complex"})
        return
    yield from _turn(begun + random.uniform(40, 150), person, plan, random)
    if random.random() < 0.3:
        yield from _card_trouble(begun + random.uniform(60, 330), person, random)
    if random.random() < 0.3:
        left = begun + random.uniform(90, 420)
        yield Act(left, person, "cancel", {"reason": random.choice(REASONS)})
        if random.random() < 0.25:
            yield Act(left + 2, person, "uncancel")


def _turn(day: float, person: int, plan: str, random: Random) -> Iterator[Act]:
    """What a customer does in the middle of it all, if anything."""
    chance = random.random()
    if plan == "team":
        yield Act(day, person, "seats", {"seats": random.randint(3, 16)})
    elif plan == "solo" and chance < 0.35:
        yield Act(day, person, "plan", {"plan": "studio", "behavior": "invoice"})
    elif plan == "solo" and chance < 0.5:
        yield Act(day, person, "plan", {"plan": "solo-yearly", "behavior": "prorate"})
    elif plan == "studio" and chance < 0.3:
        yield Act(day, person, "plan", {"plan": "solo", "behavior": "next_period"})
    elif chance > 0.85:
        yield Act(day, person, "pause", {"days": 75})
    elif chance > 0.75:
        yield Act(day, person, "goodwill", {"amount": 500, "note": "Sorry for the outage."})


def _card_trouble(day: float, person: int, random: Random) -> Iterator[Act]:
    """A card that is refused from now on; half of them are replaced in time."""
    yield Act(day, person, "card", {"card": LATER_REFUSED})
    if random.random() < 0.5:
        yield Act(day + random.uniform(31, 42), person, "card", {"card": GOOD})
