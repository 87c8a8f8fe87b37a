"""PostgreSQL and Valkey: the embedded ones unless DATABASE_URL and REDIS_URL are set."""

from typing import Any

from psycopg.conninfo import conninfo_to_dict

from config.env import env, required
from config.services import DATABASE_NAME, postgres_socket_directory, valkey_socket

DATABASE_URL: str = required(
    "DATABASE_URL",
    sandbox=f"postgresql://postgres@/{DATABASE_NAME}?host={postgres_socket_directory()}",
)
_conninfo = conninfo_to_dict(DATABASE_URL)

DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        "ENGINE": "apps.core.postgres",
        "NAME": _conninfo.pop("dbname", "comptroller"),
        "USER": _conninfo.pop("user", ""),
        "PASSWORD": _conninfo.pop("password", ""),
        "HOST": _conninfo.pop("host", ""),
        "PORT": _conninfo.pop("port", ""),
        "CONN_MAX_AGE": env.int("CONN_MAX_AGE", default=600),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            **_conninfo,
            # Off behind a pooler that hands connections around between transactions.
            "prepare_threshold": 2 if env.bool("PREPARED_STATEMENTS", default=True) else None,
        },
    }
}

# How long a migration waits for a table that others use, before it gives up and can be run again.
MIGRATION_LOCK_TIMEOUT: str = env.str("MIGRATION_LOCK_TIMEOUT", default="5s")

REDIS_URL: str = required("REDIS_URL", sandbox=f"unix://{valkey_socket()}")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": env.str("CACHE_KEY_PREFIX", default="comptroller"),
    }
}
