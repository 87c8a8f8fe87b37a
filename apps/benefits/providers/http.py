"""One request to a service elsewhere, and what its refusals mean for a grant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

import requests

from apps.benefits.strategies.base import Refused, Retriable

TIMEOUT_SECONDS: Final = 15
TOO_MANY: Final = 429
# The longest pause taken from a provider at its word.
LONGEST_DELAY: Final = 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """Where a service is, and how it knows us."""

    name: str
    url: str
    headers: Mapping[str, str]

    def ask(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        data: Mapping[str, str] | None = None,
        allowed: tuple[int, ...] = (),
    ) -> requests.Response:
        """
        The answer to one request, if it is a yes or one of the `allowed` statuses.

        :raises Retriable: if the service is busy, broken or not there; with its own delay.
        :raises Refused: for any other no, in the service's words.
        """
        try:
            response = requests.request(
                method,
                f"{self.url}{path}",
                headers=dict(self.headers),
                json=json,
                data=data,
                timeout=TIMEOUT_SECONDS,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise Retriable(f"{self.name} was not reached: {type(error).__name__}") from error
        status = response.status_code
        if response.ok or status in allowed:
            return response
        delay = delay_of(response)
        if status == TOO_MANY or status >= 500 or delay is not None:
            raise Retriable(f"{self.name} answered {status}.", delay=delay)
        raise Refused(f"{self.name} answered {status}: {_words(response)}")


def delay_of(response: requests.Response) -> float | None:
    """
    The pause that a service asks for, in seconds; None if it asks for none.

    `Retry-After` (seconds or a date), a rate limit that is used up, or a `retry_after` in the body.
    """
    asked = _retry_after(response)
    if asked is None:
        return None
    return min(max(asked, 0.0), LONGEST_DELAY)


def _retry_after(response: requests.Response) -> float | None:
    headers = response.headers
    date = _date(headers.get("Date", ""))
    if text := headers.get("Retry-After"):
        try:
            return float(text)
        except ValueError:
            return _seconds_until(_date(text), date)
    if headers.get("X-RateLimit-Remaining") == "0" and "X-RateLimit-Reset" in headers:
        return _seconds_until(_epoch(headers["X-RateLimit-Reset"], date), date)
    body = _json(response)
    asked = body.get("retry_after") if isinstance(body, dict) else None
    return float(asked) if isinstance(asked, int | float) else None


def _seconds_until(moment: datetime | None, now: datetime | None) -> float | None:
    """By the service's own clock, which it tells in `Date`."""
    return (moment - now).total_seconds() if moment and now else None


def _date(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except ValueError:
        return None


def _epoch(text: str, like: datetime | None) -> datetime | None:
    try:
        return datetime.fromtimestamp(float(text), tz=like.tzinfo if like else None)
    except ValueError:
        return None


def _words(response: requests.Response) -> str:
    body = _json(response)
    message = body.get("message") if isinstance(body, dict) else None
    return str(message or response.reason or "no reason given")[:200]


def _json(response: requests.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return None
