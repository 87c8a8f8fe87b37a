"""Celery: queues, safety, memory. What runs when stands in `config/schedule.py`."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from config.env import env
from config.schedule import SCHEDULE as SCHEDULE
from config.settings.databases import REDIS_URL


def broker_url(url: str) -> str:
    """`url` as Celery wants it: it spells Redis over a unix socket differently from redis-py."""
    parts = urlsplit(url)
    if parts.scheme != "unix":
        return url
    database = parse_qs(parts.query).get("db", ["0"])[0]
    return f"redis+socket://{parts.path}?virtual_host={database}"


CELERY_BROKER_URL: str = broker_url(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_DEFAULT_QUEUE = "medium"
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_TIME_LIMIT = 900
CELERY_TASK_SOFT_TIME_LIMIT = 840
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
    # Above the longest task, or the broker hands a running task to a second worker.
    "visibility_timeout": 3600,
    "global_keyprefix": env.str("QUEUE_KEY_PREFIX", default=""),
    # A web request must not wait for a broker that is gone: the sweeper sends again.
    "socket_connect_timeout": 2,
    "socket_timeout": 10,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_WORKER_MAX_MEMORY_PER_CHILD: int = env.int("WORKER_MAX_MEMORY_KB", default=300_000)
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False

# Beat only ticks; which job is due is decided from the database, so a second beat, or one that was
# down over midnight, does no harm. It keeps no file.
SCHEDULE_TICK_SECONDS: int = env.int("SCHEDULE_TICK_SECONDS", default=15)
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"
CELERY_BEAT_SCHEDULE = {
    "tick": {
        "task": "core.start_due_jobs",
        "schedule": SCHEDULE_TICK_SECONDS,
        "options": {"queue": "high", "expires": 4 * SCHEDULE_TICK_SECONDS},
    }
}

# A check of the books that takes longer is given up, and shows as failed.
INVARIANT_TIMEOUT_SECONDS: int = env.int("INVARIANT_TIMEOUT_SECONDS", default=300)
