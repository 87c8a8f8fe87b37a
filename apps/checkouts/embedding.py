"""Which websites may show a merchant's checkout within theirs. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit


def may_embed(origin: str, hosts: Sequence[str]) -> bool:
    """
    Whether the page at `origin` is on one of the merchant's `hosts`; any is where it named none.

    A host stands for itself, `*.example.com` for everything below it. A port counts where one is
    named.
    """
    if not hosts:
        return True
    parts = urlsplit(origin)
    host = (parts.hostname or "").lower()
    return any(_fits(host, parts.netloc.rpartition("@")[2].lower(), one.lower()) for one in hosts)


def _fits(host: str, authority: str, named: str) -> bool:
    wanted = (urlsplit(named).netloc if "://" in named else named).rstrip("/")
    if wanted.startswith("*."):
        return host.endswith(wanted[1:])
    return wanted in (host, authority)
