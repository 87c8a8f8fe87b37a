"""One HTTP request to a merchant's server: pinned, bounded in time and size, never redirected."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import urllib3
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from apps.core.outbound.addresses import UnknownHost, UnsafeAddress
from apps.core.outbound.lines import PinnedLine

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


class Line(PinnedLine):
    """The line to one endpoint, for the deliveries that follow each other."""

    def post(self, body: str, headers: Mapping[str, str]) -> Answer:
        """Send it once. Never raises: what went wrong is in the answer."""
        began = time.monotonic()
        try:
            with self.bounded(TIMEOUT_SECONDS):
                code, text = self._exchange(body, headers)
        except (UnsafeAddress, UnknownHost) as error:
            code, text = None, str(error)
        except (HTTPError, OSError) as error:
            code, text = None, _words(error)
            self.close()
        if self.is_cut:
            code, text = None, _LATE
        return Answer(code, text, round((time.monotonic() - began) * 1000))

    def _exchange(self, body: str, headers: Mapping[str, str]) -> tuple[int, str | None]:
        pool, target = self.opened()
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
