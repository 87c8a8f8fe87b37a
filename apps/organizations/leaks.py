"""What becomes of secrets that somebody finds in public, by the name that scanners give them."""

from __future__ import annotations

from typing import Protocol

from apps.core.origin import Origin
from apps.organizations.operations import revoke_leaked_token


class Revoke(Protocol):
    """An operation that makes a secret worthless."""

    def __call__(self, *, plaintext: str, kind: str, url: str, origin: Origin) -> bool:
        """False if it is none of ours."""


_known: dict[str, Revoke] = {"polar_organization_access_token": revoke_leaked_token}


def register_leakable(token_type: str, revoke: Revoke) -> None:
    """Have secrets of this type taken by `revoke`; called once at start."""
    _known[token_type] = revoke


def revoke_found(token_type: str, plaintext: str, *, kind: str, url: str, origin: Origin) -> bool:
    """Whether the secret is one of ours of that type; it is worth nothing from now on."""
    revoke = _known.get(token_type)
    return revoke is not None and revoke(plaintext=plaintext, kind=kind, url=url, origin=origin)
