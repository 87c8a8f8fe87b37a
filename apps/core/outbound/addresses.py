"""
Where a request may go: to addresses of the public internet, and nowhere inside.

The address is looked up once for each request, every answer is judged, and the connection is made
to what was judged: a name that answers differently the second time gains nothing. Loopback is
allowed where `is_local_allowed`, which is the sandbox.
"""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final
from urllib.parse import SplitResult, urlsplit

import idna

MAX_URL_LENGTH: Final = 2083
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)\Z", re.IGNORECASE)
_LOCAL_NAMES: Final = ("localhost", "localdomain", "local", "internal", "home.arpa")
# Reaches IPv4 through a translator: what counts is the address in its last 32 bits.
_TRANSLATED = ip_network("64:ff9b::/96")

Address = IPv4Address | IPv6Address


class UnsafeAddress(ValueError):
    """Nothing may be sent there; the message says why."""


class UnknownHost(ValueError):
    """The name has no address, for now."""


@dataclass(frozen=True, slots=True)
class Target:
    """A URL taken apart: `path` with its query."""

    is_secure: bool
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """The Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = 443 if self.is_secure else 80
        return host if self.port == usual else f"{host}:{self.port}"


def parse_url(url: str, *, is_local_allowed: bool) -> Target:
    """
    The parts of a URL, whose host is judged by how it is written.

    :raises UnsafeAddress: if it is no https URL (or http to loopback, where that is allowed), has a
        name and password, no valid host, or points inside.
    """
    if len(url) > MAX_URL_LENGTH:
        raise UnsafeAddress(f"The URL is longer than {MAX_URL_LENGTH} characters.")
    if any(character.isspace() or not character.isprintable() for character in url):
        raise UnsafeAddress("The URL contains blanks or control characters.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise UnsafeAddress("This is not a URL.") from error
    if parts.scheme not in ("https", "http"):
        raise UnsafeAddress("The URL must begin with https://.")
    if parts.username is not None or parts.password is not None:
        raise UnsafeAddress("The URL must not contain a name or a password.")
    host = _host(parts)
    is_local = _judge_host(host, is_local_allowed=is_local_allowed)
    if parts.scheme == "http" and not is_local:
        raise UnsafeAddress("The URL must begin with https://.")
    is_secure = parts.scheme == "https"
    path = parts.path or "/"
    return Target(
        is_secure=is_secure,
        host=host,
        port=port or (443 if is_secure else 80),
        path=f"{path}?{parts.query}" if parts.query else path,
    )


def resolve(target: Target, *, is_local_allowed: bool) -> str:
    """
    The address to connect to.

    :raises UnsafeAddress: if any of the host's addresses points inside.
    :raises UnknownHost: if it has none.
    """
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise UnknownHost(f"The host {target.host} was not found.") from error
    addresses = [str(entry[4][0]) for entry in found]
    for address in addresses:
        judge_address(ip_address(address.partition("%")[0]), is_local_allowed=is_local_allowed)
    if not addresses:
        raise UnknownHost(f"The host {target.host} has no address.")
    return addresses[0]


def judge_address(address: Address, *, is_local_allowed: bool) -> bool:
    """
    Whether it is loopback, which is allowed here.

    :raises UnsafeAddress: if it is not of the public internet.
    """
    plain = _plain(address)
    if plain.is_loopback and is_local_allowed:
        return True
    if not plain.is_global or plain.is_multicast or plain.is_reserved or plain.is_unspecified:
        raise UnsafeAddress("The URL points to a private network.")
    return False


def _plain(address: Address) -> Address:
    """The IPv4 address that an IPv6 address carries, else itself."""
    if isinstance(address, IPv6Address):
        if address in _TRANSLATED:
            return IPv4Address(int(address) & 0xFFFFFFFF)
        carried = address.ipv4_mapped or address.sixtofour
        if carried is None and address.teredo is not None:
            carried = address.teredo[1]
        return carried or address
    return address


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    if not host:
        raise UnsafeAddress("The URL has no host.")
    try:
        return host if ":" in host else idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise UnsafeAddress("The host of the URL is not valid.") from error


def _judge_host(host: str, *, is_local_allowed: bool) -> bool:
    address = _literal(host)
    if address is not None:
        return judge_address(address, is_local_allowed=is_local_allowed)
    labels = host.lower().split(".")
    if not all(_LABEL.match(label) for label in labels) or len(host) > 253:
        raise UnsafeAddress("The host of the URL is not valid.")
    if host.lower() == "localhost" and is_local_allowed:
        return True
    is_named_inside = any(
        host.lower() == name or host.lower().endswith(f".{name}") for name in _LOCAL_NAMES
    )
    if is_named_inside or len(labels) == 1:
        raise UnsafeAddress("The URL points to a private network.")
    return False


def _literal(host: str) -> Address | None:
    """The address that the host is, also in the shapes that only the C library understands."""
    try:
        return ip_address(host)
    except ValueError:
        pass
    # 127.1, 0x7f000001 and 2130706433 are addresses for a connection.
    if re.fullmatch(r"[0-9a-fx.]+", host, re.IGNORECASE) and host[:1].isdigit():
        try:
            return IPv4Address(socket.inet_aton(host))
        except OSError:
            return None
    return None
