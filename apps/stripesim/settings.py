"""Django settings of the sandbox Stripe's own process. No apps, no ORM, no middleware."""

import os
import secrets
from pathlib import Path

API_VERSION = "2026-05-27.dahlia"
STRIPESIM_PORT = int(os.environ.get("STRIPESIM_PORT", "12111"))
STRIPESIM_THREADS = int(os.environ.get("STRIPESIM_THREADS", "16"))
DATA_DIR = Path(os.environ.get("DATA_DIR", ".data")).resolve()
STRIPESIM_DATABASE = DATA_DIR / "stripesim.sqlite3"

SECRET_KEY = secrets.token_urlsafe(32)  # signs nothing that outlives the process
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
ROOT_URLCONF = "apps.stripesim.urls"
INSTALLED_APPS: list[str] = []
MIDDLEWARE: list[str] = []
DATABASES: dict[str, object] = {}
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "pages" / "templates"],
    }
]
APPEND_SLASH = False
USE_TZ = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
LOGGING_CONFIG = None
