"""Rate limits, counted in Valkey: fixed windows, optionally with a block after the overrun."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import redis
import structlog
from django.conf import settings
from django.http import HttpRequest

from apps.api.errors import RateLimited

log = structlog.get_logger(__name__)

# Counts one hit in each window and answers the seconds to wait, 0 when all are within limits.
# Windows are told apart by the time a key lives, so nobody's clock is asked.
_HIT = """
local blocked = redis.call('TTL', KEYS[1])
if blocked > 0 then return blocked end
local wait = 0
for i = 1, #ARGV - 1, 2 do
  local key = KEYS[1] .. ':' .. ARGV[i + 1]
  local count = redis.call('INCR', key)
  if count == 1 then redis.call('EXPIRE', key, ARGV[i + 1]) end
  if count > tonumber(ARGV[i]) then
    wait = math.max(wait, redis.call('TTL', key), 1)
  end
end
local block = tonumber(ARGV[#ARGV])
if wait > 0 and block > 0 then
  redis.call('SET', KEYS[1], '1', 'EX', block)
  return block
end
return wait
"""

Rule = tuple[int, int]
"""How many hits in how many seconds."""


@cache
def _script() -> Any:
    client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)
    return client.register_script(_HIT)


def _hit(key: str, arguments: Sequence[int]) -> int:
    """
    Run the script; the seconds to wait.

    Straight over a connection of the pool: the layers of the client above it cost more than all
    else about a hit. They are asked where this fails, for they know scripts that a restarted
    Valkey has forgotten and how often to try again.
    """
    script = _script()
    pool = script.registered_client.connection_pool
    try:
        connection = pool.get_connection()
        try:
            connection.send_command("EVALSHA", script.sha, 1, key, *arguments)
            return int(connection.read_response())
        finally:
            pool.release(connection)
    except (redis.ConnectionError, redis.exceptions.NoScriptError):
        return int(script(keys=[key], args=arguments))


def require_within(
    zone: str, identity: str, rules: Sequence[Rule], *, block_seconds: int = 0
) -> None:
    """
    Count a hit of `identity` in `zone`, as in `(("confirm", secret, [(6, 60), (20, 3600)])`.

    A Valkey that does not answer lets the request pass: limits protect, they do not gate.

    :raises RateLimited: if any rule is exceeded; the whole zone then stays shut for
        `block_seconds`.
    """
    key = f"{settings.CACHES['default'].get('KEY_PREFIX', '')}:limit:{zone}:{identity}"
    arguments = [number for rule in rules for number in rule]
    try:
        wait = _hit(key, [*arguments, block_seconds])
    except redis.RedisError as error:
        log.warning("rate_limit_unavailable", error=type(error).__name__)
        return
    if wait > 0:
        raise RateLimited(wait)


def client_address(request: HttpRequest) -> str:
    """The caller's IP address, as far as the connection or a trusted proxy tells."""
    return (
        request.headers.get("True-Client-IP") if settings.API_TRUST_CLIENT_IP_HEADER else None
    ) or str(request.META.get("REMOTE_ADDR", "") or "local")


def limit_anonymous(request: HttpRequest) -> None:
    """Count a request without a good credential against its address."""
    require_within(
        "anonymous", client_address(request), [(settings.API_RATE_LIMITS["anonymous"], 60)]
    )


def limit_organization(organization_id: object, group: str) -> None:
    """Count a request of an organization against the limit of its group."""
    require_within("organization", str(organization_id), [(settings.API_RATE_LIMITS[group], 60)])
