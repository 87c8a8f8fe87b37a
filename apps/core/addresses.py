"""E-mail addresses, as far as they tell one person from another."""

from __future__ import annotations


class InvalidEmail(ValueError):
    """It is no address."""


def unalias_email(email: str) -> str:
    """
    The mailbox behind an address: in lower case, without what follows a `+`.

    :raises InvalidEmail: if there is no mailbox or no domain in it.
    """
    local, at, domain = email.strip().lower().rpartition("@")
    mailbox = local.partition("+")[0]
    if not at or not mailbox or not domain:
        raise InvalidEmail(email)
    return f"{mailbox}@{domain}"
