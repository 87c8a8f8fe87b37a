"""
Taking personal data and secrets out of what leaves for logs, error trackers and traces.

By the names of fields, and by what looks like an address, a number of a card or a token wherever it
stands. Names of people cannot be told from other words: they are only kept out by the names of the
fields that hold them, so no message may spell them out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any, Final

SCRUBBED: Final = "[scrubbed]"
# Deeper than anything we log; what is below is dropped.
DEPTH: Final = 12

# Fields whose value is dropped whatever it is, and words that do so wherever they are in a name.
_NAMES: Final = (
    "address authorization billing_address billing_name city cookie cookies customer_name "
    "display_name email first_name full_name holder ip ip_address iban last4 last_name line1 "
    "line2 locals name phone postal_code public_name remote_addr set_cookie street tax_id "
    "user_agent username vars x_forwarded_for x_real_ip zip"
)
_FIELDS: Final = frozenset(_NAMES.split())
_WORDS: Final = re.compile(
    r"email|password|passwd|secret|token(?!_id)|api_?key|card_?number|\bcvc\b|customer_ip|"
    r"credential|signature|license_key$|customer_name|cardholder",
    re.IGNORECASE,
)
# Ours, Stripe's, those of webhooks, and whatever is sent as a bearer.
_TOKENS: Final = re.compile(
    r"\b(?:polar_[a-z]+_|(?:sk|rk|pk)_(?:test|live)_|whsec_|ghp_|xox[a-z]-)[A-Za-z0-9_\-+/=]+"
    r"|\b[a-z]+_\w+_secret_\w+"
    r"|\b(?:Bearer|Basic)\s+[A-Za-z0-9._~+/\-]{8,}=*"
    r"|\beyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]+\.[A-Za-z0-9_\-]*"
)
_PART: Final = r"[^\s<>\"'(),;:=/&?]+"
# A full stop behind it is the sentence's.
_EMAIL: Final = re.compile(rf"{_PART}(?:@|%40){_PART}\.[^\s<>\"'(),;:=/&?]*\w")
_CARD: Final = re.compile(r"(?<![\w.-])(?:\d[ -]?){12,18}\d(?![\w-])")
_IPV4: Final = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.]*\w)")
_IPV6: Final = re.compile(r"(?<![\w:.])[0-9A-Fa-f:]*:[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*(?![\w:])")
_PASSWORD_IN_URL: Final = re.compile(r"(?<=://)[^\s/@:]*:[^\s/@]+(?=@)")


def scrub(value: Any, *, depth: int = 0) -> Any:
    """
    The same shape without personal data: texts cleaned, values of telling fields replaced.

    Numbers, truth and nothing stay; what is neither of these nor a collection is taken by its text.
    """
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return scrub_text(value)
    if depth >= DEPTH:
        return SCRUBBED
    if isinstance(value, Mapping):
        return {
            key: SCRUBBED
            if is_telling(str(key)) and item not in (None, "")
            else scrub(item, depth=depth + 1)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [scrub(item, depth=depth + 1) for item in value]
    if isinstance(value, bytes):
        return scrub_text(value.decode(errors="replace"))
    return scrub_text(str(value))


def is_telling(field: str) -> bool:
    """Whether a field of this name holds what may not leave."""
    plain = field.lower().replace("-", "_").rpartition(".")[2]
    return plain in _FIELDS or _WORDS.search(plain) is not None


def scrub_text(text: str) -> str:
    """The text without e-mail addresses, tokens, card numbers and foreign IP addresses."""
    text = _PASSWORD_IN_URL.sub(SCRUBBED, text)
    if "@" in text or "%40" in text:
        text = _EMAIL.sub(SCRUBBED, text)
    text = _TOKENS.sub(SCRUBBED, text)
    text = _CARD.sub(_card, text)
    text = _IPV4.sub(_address, text)
    return _IPV6.sub(_address, text) if text.count(":") > 1 else text


def _card(found: re.Match[str]) -> str:
    digits = [int(sign) for sign in found[0] if sign.isdigit()]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return found[0] if (sum(doubled) + sum(digits[-1::-2])) % 10 else SCRUBBED


def _address(found: re.Match[str]) -> str:
    try:
        address = ip_address(found[0])
    except ValueError:
        return found[0]
    return found[0] if address.is_loopback or address.is_unspecified else SCRUBBED
