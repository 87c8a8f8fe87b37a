"""
Tax numbers of business buyers: normal form and format, by country.

Only the form and its check digits are looked at; nobody is asked whether the number is in
use. What comes out is the number without separators and the name that the card processor
gives to its format.
"""

from dataclasses import dataclass

from apps.tax.errors import InvalidTaxId
from apps.tax.tax_id_countries import FORMATS_BY_COUNTRY
from apps.tax.tax_id_formats import VALIDATORS, InvalidNumber


@dataclass(frozen=True, slots=True)
class TaxId:
    """A number that has been checked, and the format it was found to have."""

    value: str
    format: str


def validate_tax_id(number: str, country: str) -> TaxId:
    """
    The first format of `country` (two letters) that the number fits.

    :raises InvalidTaxId: if it fits none, or the country has none.
    """
    for name in FORMATS_BY_COUNTRY.get(country.upper(), ()):
        try:
            return TaxId(value=VALIDATORS[name](number, country.upper()), format=name)
        except InvalidNumber:
            continue
    raise InvalidTaxId("This is not a valid tax ID of the country.")


def has_tax_ids(country: str) -> bool:
    """Whether a business in `country` can be asked for its tax ID."""
    return country.upper() in FORMATS_BY_COUNTRY
