"""Kombu's Redis transport, but a sender does not wait for a server that is gone."""

from typing import Any

from kombu.transport import TRANSPORT_ALIASES, redis
from redis.backoff import NoBackoff
from redis.retry import Retry


class Channel(redis.Channel):
    """
    Tries a broken connection once more, at once.

    The library would pause for seconds between its tries, inside a buyer's request. A message that
    is not sent is the sweepers' business.
    """

    def _connparams(self, asynchronous: bool = False) -> dict[str, Any]:
        known = super()._connparams(asynchronous)  # type: ignore[misc]  # the stubs leave it out
        return {**known, "retry": Retry(NoBackoff(), 1)}


class Transport(redis.Transport):
    """Redis, over TCP or a unix socket."""

    Channel = Channel


def install() -> None:
    """Use it for every Redis address."""
    for scheme in ("redis", "rediss"):
        TRANSPORT_ALIASES[scheme] = f"{__name__}:Transport"
