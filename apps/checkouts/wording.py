"""What a buyer reads about what recurs: how often, from when, for how much. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from babel.dates import format_date

from apps.discounts.terms import Duration


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurring:
    """
    What recurs. `charge` and `full_charge` are amounts as shown, with and without the discount.

    `next_at` is the first charge that is still to come: the end of the trial, or of the first
    period. `trial` is its length in words, where there is one.
    """

    interval: str
    count: int
    charge: str
    full_charge: str
    next_at: datetime
    trial: str = ""
    duration: str = ""
    months: int | None = None


def every(interval: str, count: int) -> str:
    """How often: `every month`, `every 3 months`."""
    return f"every {interval}" if count == 1 else f"every {count} {interval}s"


def span(interval: str, count: int) -> str:
    """How long: `1 month`, `14 days`."""
    return f"{count} {interval}" if count == 1 else f"{count} {interval}s"


def day(at: datetime) -> str:
    """A day as it is written out, in UTC."""
    return format_date(at.astimezone(UTC), format="long", locale="en")


def headline(terms: Recurring) -> tuple[str, str]:
    """The large figure and what stands beside it."""
    if terms.trial:
        return f"{terms.trial} free", ""
    if terms.duration == Duration.ONCE:
        return terms.charge, f"for the first {span(terms.interval, terms.count).removeprefix('1 ')}"
    return terms.charge, every(terms.interval, terms.count)


def renewal(terms: Recurring) -> str:
    """What is charged next and from then on, in one sentence."""
    rhythm = every(terms.interval, terms.count)
    when = day(terms.next_at)
    if not terms.trial:
        if terms.duration == Duration.ONCE:
            return f"Then {terms.full_charge} {rhythm}, from {when}."
        if terms.duration == Duration.REPEATING:
            return f"For {_months(terms)}, then {terms.full_charge} {rhythm}."
        return f"Renews {rhythm}, next on {when}."
    if terms.duration == Duration.ONCE:
        period = span(terms.interval, terms.count).removeprefix("1 ")
        return (
            f"Then {terms.charge} for the first {period} from {when}, "
            f"{terms.full_charge} {rhythm} after that."
        )
    if terms.duration == Duration.REPEATING:
        return (
            f"Then {terms.charge} {rhythm} from {when} for {_months(terms)}, "
            f"{terms.full_charge} {rhythm} after that."
        )
    return f"Then {terms.charge} {rhythm}, from {when}."


def consent(terms: Recurring, merchant: str) -> str:
    """What the buyer agrees to by subscribing."""
    if terms.trial:
        return (
            f"Nothing is charged during the trial. From {day(terms.next_at)} you allow {merchant} "
            f"to charge you {every(terms.interval, terms.count)} until you cancel."
        )
    return (
        f"By subscribing you allow {merchant} to charge you "
        f"{every(terms.interval, terms.count)} until you cancel."
    )


def reduction(*, share: str, duration: str, months: int | None, is_recurring: bool) -> str:
    """What a discount takes off, and for how long: `20% off for 3 months`."""
    if not is_recurring or duration == Duration.ONCE:
        return f"{share} off" + (" the first payment" if is_recurring else "")
    if duration == Duration.REPEATING:
        return f"{share} off for {span('month', months or 1)}"
    return f"{share} off for good"


def _months(terms: Recurring) -> str:
    return span("month", terms.months or 1)
