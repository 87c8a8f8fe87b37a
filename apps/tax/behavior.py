"""Whether a price contains its tax, and what follows for net and total."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final

from apps.core.money import round_half_away


class TaxBehavior(StrEnum):
    """How the tax of one sale relates to its price."""

    INCLUSIVE = "inclusive"
    EXCLUSIVE = "exclusive"


class TaxBehaviorOption(StrEnum):
    """What a price or an organization may ask for; `location` leaves it to the buyer's country."""

    LOCATION = "location"
    INCLUSIVE = "inclusive"
    EXCLUSIVE = "exclusive"


# Where shoppers expect tax to be added at the till.
_EXCLUSIVE_COUNTRIES: Final = frozenset({"US", "CA", "IN"})


@dataclass(frozen=True, slots=True)
class TaxSplit:
    """One taxed amount, in minor units: `net_amount + tax_amount == total_amount`."""

    net_amount: int
    tax_amount: int
    total_amount: int


def resolve_behavior(option: str, country: str | None) -> TaxBehavior | None:
    """
    The behaviour that `option` means for a buyer in `country`.

    None when it depends on a country that is not known yet.

    :raises ValueError: if there is no such option.
    """
    chosen = TaxBehaviorOption(option)
    if chosen is not TaxBehaviorOption.LOCATION:
        return TaxBehavior(chosen.value)
    if country is None:
        return None
    return (
        TaxBehavior.EXCLUSIVE if country.upper() in _EXCLUSIVE_COUNTRIES else TaxBehavior.INCLUSIVE
    )


def split(amount: int, tax_amount: int, behavior: str | None) -> TaxSplit:
    """
    Net, tax and total of a price of `amount` on which `tax_amount` is due, in minor units.

    Inclusive tax is taken out of the amount, exclusive tax put on top. An unknown behaviour
    counts as exclusive; no tax has been computed then.
    """
    net = amount - tax_amount if behavior == TaxBehavior.INCLUSIVE else amount
    return TaxSplit(net_amount=net, tax_amount=tax_amount, total_amount=net + tax_amount)


def net_from_charge(
    *,
    amount: int,
    net_amount: int,
    behavior: str | None,
    charged_net_amount: int,
    charged_tax_amount: int,
) -> int:
    """
    The net part of a recurring `amount`, learned from what a charge turned out to contain.

    With exclusive tax it is the whole amount. With inclusive tax it is the share that was net
    in the charge, rounded half away from zero. A charge that says nothing (no behaviour, or
    nothing charged) leaves `net_amount` as it was.
    """
    if behavior == TaxBehavior.EXCLUSIVE:
        return amount
    total = charged_net_amount + charged_tax_amount
    if behavior is None or total <= 0:
        return net_amount
    return round_half_away(Fraction(amount * charged_net_amount, total))


def change_amount(*, amount: int, net_amount: int, new_amount: int) -> int:
    """
    The net part of `new_amount` while the tax share stays that of the old amount.

    Rounded half away from zero; the whole of `new_amount` when the old amount was nothing and
    so told no share.
    """
    if amount == 0:
        return new_amount
    return round_half_away(Fraction(net_amount * new_amount, amount))
