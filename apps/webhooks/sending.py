"""One HTTP request to a merchant's server: pinned, bounded in time and size, never redirected."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from threading import Timer
from typing import Any, Final

import urllib3
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from apps.webhooks.addresses import Target, UnknownHost, UnsafeAddress, parse_url, resolve

TIMEOUT_SECONDS: Final = 10.0
# How much of an answer is kept; more of it is not read.
RESPONSE_LENGTH: Final = 2048
_READ_BYTES: Final = 1024
_LATE: Final = f"No complete answer within {TIMEOUT_SECONDS:.0f} seconds."


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a request: `text` is the beginning of the answer, or why there is none."""

    http_code: int | None
    text: str | None
    duration_ms: int

    @property
    def is_success(self) -> bool:
        """Only 2xx is: a redirect is not followed."""
        return self.http_code is not None and 200 <= self.http_code < 300

    @property
    def is_gone(self) -> bool:
        """The receiver wants no more, ever."""
        return self.http_code == 410


class Line:
    """
    A connection to one endpoint, for the deliveries that follow each other.

    The address is looked up and judged when the line is opened, and all of its requests go there.
    """

    def __init__(self, url: str, *, is_local_allowed: bool) -> None:
        self._url = url
        self._is_local_allowed = is_local_allowed
        self._pool: urllib3.HTTPConnectionPool | None = None
        self._target: Target | None = None
        self._socket: socket.socket | None = None
        self._is_cut = False

    def post(self, body: str, headers: Mapping[str, str]) -> Answer:
        """Send it once. Never raises: what went wrong is in the answer."""
        began = time.monotonic()
        try:
            with self._bounded():
                code, text = self._exchange(body, headers)
        except (UnsafeAddress, UnknownHost) as error:
            code, text = None, str(error)
        except (HTTPError, OSError) as error:
            code, text = None, _words(error)
            self.close()
        if self._is_cut:
            code, text = None, _LATE
        return Answer(code, text, round((time.monotonic() - began) * 1000))

    def close(self) -> None:
        """Hang up; a later `post` looks the address up again."""
        if self._pool is not None:
            self._pool.close()
            self._pool = None

    @contextmanager
    def _bounded(self) -> Iterator[None]:
        """
        Cut the connection when the time is over.

        A timeout of the socket begins anew with each byte that comes: a server that drips them out
        would never meet it.
        """
        self._is_cut = False
        watch = Timer(TIMEOUT_SECONDS, self._cut)
        watch.daemon = True
        watch.start()
        try:
            yield
        finally:
            watch.cancel()

    def _cut(self) -> None:
        self._is_cut = True
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def _exchange(self, body: str, headers: Mapping[str, str]) -> tuple[int, str | None]:
        pool, target = self._opened()
        response = pool.urlopen(
            "POST",
            target.path,
            body=body.encode(),
            headers={**headers, "host": target.authority, "accept-encoding": "identity"},
            retries=False,
            redirect=False,
            assert_same_host=False,
            preload_content=False,
            timeout=urllib3.Timeout(total=TIMEOUT_SECONDS),
        )
        try:
            text = _beginning(response)
        finally:
            # What was not read is not waited for: the connection ends with it.
            if response.closed or response.length_remaining == 0:
                response.release_conn()
            else:
                response.close()
        return response.status, text or None

    def _opened(self) -> tuple[urllib3.HTTPConnectionPool, Target]:
        if self._target is None:
            self._target = parse_url(self._url, is_local_allowed=self._is_local_allowed)
        if self._pool is None:
            address = resolve(self._target, is_local_allowed=self._is_local_allowed)
            self._pool = _pool(self._target, address)
            self._watch(self._pool)
        return self._pool, self._target

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


def _beginning(response: BaseHTTPResponse) -> str:
    """What is kept of the answer."""
    kept = b""
    # A character has up to four bytes.
    while len(kept) < RESPONSE_LENGTH * 4:
        part = response.read1(_READ_BYTES)
        if not part:
            break
        kept += part
    return kept.decode("utf-8", errors="replace").replace("\0", "")[:RESPONSE_LENGTH]


def _words(error: Exception) -> str:
    """Why there is no answer, without the address that was connected to."""
    if isinstance(error, urllib3.exceptions.NewConnectionError):
        return "The connection was refused or could not be made."
    if isinstance(error, urllib3.exceptions.TimeoutError | TimeoutError):
        return _LATE
    if isinstance(error, urllib3.exceptions.SSLError):
        return "The certificate of the server could not be verified."
    if isinstance(error, urllib3.exceptions.ProtocolError | ConnectionError):
        return "The server closed the connection without an answer."
    return f"The request failed ({type(error).__name__})."
