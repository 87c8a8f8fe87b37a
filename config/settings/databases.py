"""
PostgreSQL and Valkey: the embedded ones unless DATABASE_URL and REDIS_URL are set.

With DATABASE_REPLICA_URL lists and exports are read from a streaming replica.
"""

from typing import Any

from psycopg.conninfo import conninfo_to_dict

from config.env import env, required
from config.services import DATABASE_NAME, postgres_socket_directory, valkey_socket

DATABASE_URL: str = required(
    "DATABASE_URL",
    sandbox=f"postgresql://postgres@/{DATABASE_NAME}?host={postgres_socket_directory()}",
)


def _database(url: str, engine: str, **options: Any) -> dict[str, Any]:
    conninfo = conninfo_to_dict(url)
    return {
        "ENGINE": engine,
        "NAME": conninfo.pop("dbname", "comptroller"),
        "USER": conninfo.pop("user", ""),
        "PASSWORD": conninfo.pop("password", ""),
        "HOST": conninfo.pop("host", ""),
        "PORT": conninfo.pop("port", ""),
        "CONN_MAX_AGE": env.int("CONN_MAX_AGE", default=600),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            **options,
            **conninfo,
            # Off behind a pooler that hands connections around between transactions.
            "prepare_threshold": 2 if env.bool("PREPARED_STATEMENTS", default=True) else None,
        },
    }


DATABASES: dict[str, dict[str, Any]] = {"default": _database(DATABASE_URL, "apps.core.postgres")}

DATABASE_REPLICA_URL: str = env.str("DATABASE_REPLICA_URL", default="")
# How many seconds a replica may be late, and how long one that is gone is left alone.
REPLICA_LAG_SECONDS: float = env.float("REPLICA_LAG_SECONDS", default=10.0)
REPLICA_RETRY_SECONDS: float = env.float("REPLICA_RETRY_SECONDS", default=5.0)
DATABASE_ROUTERS: list[str] = []
if DATABASE_REPLICA_URL:
    DATABASES["default"]["ENGINE"] = "apps.core.postgres.primary"
    DATABASES["replica"] = {
        # Nobody waits long for a machine that does not answer.
        **_database(
            DATABASE_REPLICA_URL,
            "apps.core.postgres.replica",
            connect_timeout=2,
            tcp_user_timeout=5000,
        ),
        "TEST": {"MIRROR": "default"},
    }
    DATABASE_ROUTERS = ["apps.core.replica.router.ReplicaRouter"]

# Where pg_dump and pg_restore are, of the server's version or newer; those of the embedded server
# unless given.
POSTGRES_BIN: str = env.str("POSTGRES_BIN", default="")

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
