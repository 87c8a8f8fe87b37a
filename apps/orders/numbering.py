"""
How invoices and receipts are numbered. Pure: the counters are kept elsewhere.

    ACME-0007             seventh invoice of the organization
    ACME-AAAAAAAB-0007    seventh invoice of this customer (the default)
    RCPT-AAAAAAAB-0001    first receipt of this customer
"""

from string import ascii_uppercase
from typing import Final

_SHORT_ID_LETTERS: Final = 8
_NUMBER_DIGITS: Final = 4
RECEIPT_PREFIX: Final = "RCPT"


def short_id(value: int) -> str:
    """
    `value` written in letters, A for 0 to Z for 25, at least eight of them.

    :raises ValueError: if it is negative.
    """
    if value < 0:
        raise ValueError("a short id counts from 0")
    letters = ""
    rest = value
    while rest:
        rest, letter = divmod(rest, len(ascii_uppercase))
        letters = ascii_uppercase[letter] + letters
    return letters.rjust(_SHORT_ID_LETTERS, ascii_uppercase[0])


def value_of_short_id(letters: str) -> int:
    """
    The value that `short_id` wrote in these letters.

    :raises ValueError: if there are others among them than A to Z.
    """
    value = 0
    for letter in letters:
        value = value * len(ascii_uppercase) + ascii_uppercase.index(letter)
    return value


def invoice_number(*, prefix: str, number: int, customer_short_id: int | None = None) -> str:
    """The number of an invoice; with a customer its counter is the customer's own."""
    if customer_short_id is None:
        return f"{prefix}-{_padded(number)}"
    return f"{prefix}-{short_id(customer_short_id)}-{_padded(number)}"


def receipt_number(*, customer_short_id: int, number: int) -> str:
    """The number of a receipt, counted per customer."""
    return f"{RECEIPT_PREFIX}-{short_id(customer_short_id)}-{_padded(number)}"


def _padded(number: int) -> str:
    # Padded, never cut: the ten thousandth invoice simply has five digits.
    return str(number).zfill(_NUMBER_DIGITS)
