"""The test suite: the sandbox with fast passwords and a database of its own name."""

from config.env import env
from config.settings.dev import *  # noqa: F403
from config.settings.databases import DATABASES

ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DATABASES["default"]["TEST"] = {"NAME": env.str("TEST_DB_NAME", default="test_comptroller")}
