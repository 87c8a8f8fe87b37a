"""A connection to one server that was judged before: what is slow or endless is cut off."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from threading import Timer
from typing import Any

import urllib3

from apps.core.outbound.addresses import Target, parse_url, resolve


class PinnedLine:
    """
    A connection to one server, for the requests that follow each other.

    The address is looked up and judged when the line is opened, and all of its requests go there.
    """

    def __init__(self, url: str, *, is_local_allowed: bool) -> None:
        self._url = url
        self._is_local_allowed = is_local_allowed
        self._pool: urllib3.HTTPConnectionPool | None = None
        self._target: Target | None = None
        self._socket: socket.socket | None = None
        self._is_cut = False

    @property
    def is_cut(self) -> bool:
        """Whether the last request took longer than it may."""
        return self._is_cut

    def close(self) -> None:
        """Hang up; a later request looks the address up again."""
        if self._pool is not None:
            self._pool.close()
            self._pool = None

    @contextmanager
    def bounded(self, seconds: float) -> Iterator[None]:
        """
        Cut the connection when the time is over.

        A timeout of the socket begins anew with each byte that comes: a server that drips them out
        would never meet it.
        """
        self._is_cut = False
        watch = Timer(seconds, self._cut)
        watch.daemon = True
        watch.start()
        try:
            yield
        finally:
            watch.cancel()

    def opened(self) -> tuple[urllib3.HTTPConnectionPool, Target]:
        """
        The connection, and what of the URL a request needs.

        :raises UnsafeAddress: if the URL or any address of its host is not of the public internet.
        :raises UnknownHost: if the host has no address.
        """
        if self._target is None:
            self._target = parse_url(self._url, is_local_allowed=self._is_local_allowed)
        if self._pool is None:
            address = resolve(self._target, is_local_allowed=self._is_local_allowed)
            self._pool = _pool(self._target, address)
            self._watch(self._pool)
        return self._pool, self._target

    def _cut(self) -> None:
        self._is_cut = True
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def _watch(self, pool: urllib3.HTTPConnectionPool) -> None:
        """Know the socket of each connection that the pool makes."""
        usual: Any = pool.ConnectionCls

        def connected(connection: Any) -> None:
            usual.connect(connection)
            self._socket = connection.sock

        pool.ConnectionCls = type("WatchedConnection", (usual,), {"connect": connected})


def _pool(target: Target, address: str) -> urllib3.HTTPConnectionPool:
    if not target.is_secure:
        return urllib3.HTTPConnectionPool(address, target.port, maxsize=1)
    return urllib3.HTTPSConnectionPool(
        address,
        target.port,
        maxsize=1,
        ssl_context=_trust(),
        server_hostname=target.host,
        assert_hostname=target.host,
    )


@cache
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()
