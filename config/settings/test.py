"""The test suite: the sandbox with fast passwords, and data of its own under `.data/test`."""

import os
from pathlib import Path

os.environ.setdefault("DATA_DIR", str(Path(__file__).resolve().parents[2] / ".data" / "test"))
# Workers of a parallel run, and the processes they start, keep apart in the one Valkey.
_worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
os.environ.setdefault("CACHE_KEY_PREFIX", f"test_{_worker}")
os.environ.setdefault("QUEUE_KEY_PREFIX", f"test_{_worker}:")

from config.env import env  # noqa: E402
from config.settings.databases import DATABASES  # noqa: E402
from config.settings.dev import *  # noqa: E402, F403

ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DATABASES["default"]["TEST"] = {"NAME": env.str("TEST_DB_NAME", default="test_comptroller")}
# A thread of the live server keeps no connection that would hold the test database open.
DATABASES["default"]["CONN_MAX_AGE"] = 0
