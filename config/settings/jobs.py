"""Celery: queues, safety, memory. The schedule itself stands in `config/schedule.py`."""

from config.env import env
from config.settings.databases import REDIS_URL

# Celery spells Redis over a unix socket differently from redis-py.
CELERY_BROKER_URL: str = REDIS_URL.replace("unix://", "redis+socket://", 1)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_DEFAULT_QUEUE = "medium"
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_TIME_LIMIT = 900
CELERY_TASK_SOFT_TIME_LIMIT = 840
# Above the longest task, or the broker hands a running task to a second worker.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "global_keyprefix": env.str("QUEUE_KEY_PREFIX", default=""),
}
CELERY_WORKER_MAX_MEMORY_PER_CHILD: int = env.int("WORKER_MAX_MEMORY_KB", default=300_000)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# How long an enqueue may wait for a broker that does not answer; the sweeper sends it later.
CELERY_TASK_PUBLISH_RETRY = False
