"""`/healthz`: can this process do its work."""

from __future__ import annotations

import redis
import structlog
from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from apps.api.wire import json_response

log = structlog.get_logger(__name__)


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 with `{"status": "ok"}` when the database and Valkey answer, else 503 naming which."""
    checks = {"database": _database_answers(), "redis": _redis_answers()}
    is_well = all(checks.values())
    body = {
        "status": "ok" if is_well else "unavailable",
        **{name: "ok" if answers else "unavailable" for name, answers in checks.items()},
    }
    return json_response(body, 200 if is_well else 503, {"Cache-Control": "no-store"})


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error as error:
        log.warning("health_database", error=type(error).__name__)
        return False
    return True


def _redis_answers() -> bool:
    client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)
    try:
        return bool(client.ping())
    except redis.RedisError as error:
        log.warning("health_redis", error=type(error).__name__)
        return False
    finally:
        client.close()
