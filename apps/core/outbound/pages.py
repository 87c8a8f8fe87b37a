"""Reading one page of a stranger's website."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin

import urllib3
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from apps.core.outbound.addresses import UnknownHost, UnsafeAddress
from apps.core.outbound.lines import PinnedLine

TIMEOUT_SECONDS: Final = 10.0
# Of a longer page the beginning is read.
MOST_BYTES: Final = 512 * 1024
MOST_REDIRECTS: Final = 5
_READ_BYTES: Final = 16 * 1024
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Page:
    """What came of it: `url` is where the redirects led, `error` why there is no answer."""

    url: str
    http_code: int | None
    text: str
    error: str
    duration_ms: int

    @property
    def is_reached(self) -> bool:
        """Whether there is a page."""
        return self.http_code is not None and 200 <= self.http_code < 300


def read_page(url: str, *, is_local_allowed: bool, agent: str) -> Page:
    """
    The page at `url`, through at most five redirects, of which every address is judged anew.

    Ten seconds each, half a megabyte. Never raises: what went wrong is in the answer.
    """
    began = time.monotonic()
    code, text, error = None, "", ""
    for _ in range(MOST_REDIRECTS + 1):
        code, text, error, there = _once(url, is_local_allowed=is_local_allowed, agent=agent)
        if there is None:
            break
        url, code, text, error = urljoin(url, there), None, "", "Redirected too often."
    return Page(url[:2000], code, text, error, round((time.monotonic() - began) * 1000))


def _once(
    url: str, *, is_local_allowed: bool, agent: str
) -> tuple[int | None, str, str, str | None]:
    """(code, text, error, where it redirects to) of one request."""
    line = PinnedLine(url, is_local_allowed=is_local_allowed)
    try:
        with line.bounded(TIMEOUT_SECONDS):
            response, text = _exchange(line, agent)
    except (UnsafeAddress, UnknownHost) as error:
        return None, "", str(error), None
    except (HTTPError, OSError, ValueError) as error:
        return None, "", _words(error, is_cut=line.is_cut), None
    finally:
        line.close()
    if line.is_cut:
        return None, "", _words(TimeoutError(), is_cut=True), None
    there = response.headers.get("location") if response.status in _REDIRECTS else None
    return response.status, text, "", there


def _exchange(line: PinnedLine, agent: str) -> tuple[BaseHTTPResponse, str]:
    pool, target = line.opened()
    response = pool.urlopen(
        "GET",
        target.path,
        headers={
            "host": target.authority,
            "accept": "text/html",
            "accept-encoding": "identity",
            "user-agent": agent,
        },
        retries=False,
        redirect=False,
        assert_same_host=False,
        preload_content=False,
        timeout=urllib3.Timeout(total=TIMEOUT_SECONDS),
    )
    try:
        kept = b""
        while len(kept) < MOST_BYTES:
            part = response.read1(_READ_BYTES)
            if not part:
                break
            kept += part
    finally:
        response.close()
    return response, kept[:MOST_BYTES].decode("utf-8", errors="replace").replace("\0", "")


def _words(error: Exception, *, is_cut: bool) -> str:
    # A refusal counts as a kind of lateness there.
    is_refused = isinstance(error, urllib3.exceptions.NewConnectionError)
    is_late = isinstance(error, urllib3.exceptions.TimeoutError | TimeoutError)
    if is_cut or (is_late and not is_refused):
        return f"No complete answer within {TIMEOUT_SECONDS:.0f} seconds."
    if isinstance(error, urllib3.exceptions.SSLError):
        return "The certificate could not be verified."
    return "The connection was refused or ended without an answer."
