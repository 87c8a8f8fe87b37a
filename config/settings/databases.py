"""PostgreSQL and Valkey: the embedded ones unless DATABASE_URL and REDIS_URL are set."""

from typing import Any

from psycopg.conninfo import conninfo_to_dict

from config.env import DATA_DIR, env, required

DATABASE_URL: str = required(
    "DATABASE_URL", sandbox=f"postgresql://postgres@/comptroller?host={DATA_DIR / 'postgres'}"
)
_conninfo = conninfo_to_dict(DATABASE_URL)

DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _conninfo.pop("dbname", "comptroller"),
        "USER": _conninfo.pop("user", ""),
        "PASSWORD": _conninfo.pop("password", ""),
        "HOST": _conninfo.pop("host", ""),
        "PORT": _conninfo.pop("port", ""),
        "CONN_MAX_AGE": env.int("CONN_MAX_AGE", default=600),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": dict(_conninfo),
    }
}

REDIS_URL: str = required("REDIS_URL", sandbox=f"unix://{DATA_DIR / 'valkey' / 'valkey.sock'}")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": env.str("CACHE_KEY_PREFIX", default="comptroller"),
    }
}
