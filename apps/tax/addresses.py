"""Billing addresses: which countries and states exist, and which parts must be known."""

from dataclasses import asdict, dataclass
from typing import Final

from apps.core.countries import COUNTRIES
from apps.tax.errors import InvalidAddress

# Sanctions: no sale can be made there, so no address there is accepted.
EMBARGOED_COUNTRIES: Final = frozenset({"CU", "IR", "KP", "RU", "SY"})
SALES_COUNTRIES: Final = COUNTRIES - EMBARGOED_COUNTRIES

_US_STATES = (
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH "
    "NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY "
    # Territories and the three regions of military post.
    "AS GU MP PR UM VI AA AE AP"
)
_CA_STATES = "AB BC MB NB NL NS NT NU ON PE QC SK YT"
# Countries whose tax depends on the state, with its codes (the part after the country).
STATES: Final = {"US": frozenset(_US_STATES.split()), "CA": frozenset(_CA_STATES.split())}


@dataclass(frozen=True, slots=True)
class Address:
    """A billing address; `state` of the US and Canada is an ISO 3166-2 code (`US-CA`)."""

    country: str
    line1: str | None = None
    line2: str | None = None
    postal_code: str | None = None
    city: str | None = None
    state: str | None = None

    def as_dict(self) -> dict[str, str | None]:
        """The six parts, as they are stored and sent."""
        return asdict(self)


def validate_address(
    *,
    country: str,
    line1: str | None = None,
    line2: str | None = None,
    postal_code: str | None = None,
    city: str | None = None,
    state: str | None = None,
) -> Address:
    """
    The address in its stored form: codes in upper case, blanks as None, states prefixed.

    A missing part is no error here; ask `missing_fields` for what a purchase needs.

    :raises InvalidAddress: if there is no such country or state, or no sale is allowed there.
    """
    code = country.strip().upper()
    if code not in COUNTRIES:
        raise InvalidAddress("country", "There is no such country.")
    if code in EMBARGOED_COUNTRIES:
        raise InvalidAddress("country", "Sales to this country are not possible.")
    return Address(
        country=code,
        line1=_cleaned(line1),
        line2=_cleaned(line2),
        postal_code=_cleaned(postal_code),
        city=_cleaned(city),
        state=normalize_state(code, _cleaned(state)),
    )


def normalize_state(country: str, state: str | None) -> str | None:
    """
    The state as it is stored: `US-CA` for `CA`, `ca` or `US-CA` in the US.

    Outside the US and Canada whatever was written is kept.

    :raises InvalidAddress: if the country has no such state.
    """
    known = STATES.get(country)
    if state is None or known is None:
        return state
    code = state.upper().removeprefix(f"{country}-")
    if code not in known:
        raise InvalidAddress("state", f"There is no such state in {country}.")
    return f"{country}-{code}"


def missing_fields(address: Address | None, *, is_full_address_required: bool) -> list[str]:
    """
    What must still be asked for before a purchase, in the order of a form.

    The country always, the state in the US and Canada, and the whole address (without the
    second line) in the US or when the caller needs it.
    """
    if address is None:
        return ["country"]
    needed: list[str] = []
    if address.country == "US" or is_full_address_required:
        needed += ["line1", "city", "postal_code"]
    if address.country in STATES:
        needed.append("state")
    return [name for name in needed if getattr(address, name) is None]


def _cleaned(value: str | None) -> str | None:
    return (value or "").strip() or None
