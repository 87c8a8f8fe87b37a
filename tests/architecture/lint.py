"""`make lint`: every check, each with its outcome; the exit code is the number that failed."""

import os
import secrets
import subprocess
import sys
import time
from pathlib import Path

from tests.architecture.sources import ROOT

BIN = Path(sys.executable).parent
PYTHON = [sys.executable]

# What a production boot demands; none of it is reached by the checks.
PRODUCTION = {
    "COMPTROLLER_ENV": "production",
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "SECRET_KEY": secrets.token_urlsafe(60),
    "ENCRYPTION_KEYS": secrets.token_urlsafe(60),
    "ALLOWED_HOSTS": "comptroller.example",
    "BASE_URL": "https://comptroller.example",
    "DATABASE_URL": "postgresql://comptroller@database.example/comptroller",
    "REDIS_URL": "redis://cache.example:6379/0",
    "STRIPE_SECRET_KEY": "sk_live_example",
    "STRIPE_PUBLISHABLE_KEY": "pk_live_example",
    "STRIPE_WEBHOOK_SECRET": "whsec_example",
    "STRIPE_API_BASE": "https://api.stripe.com",
    "STRIPE_FILES_BASE": "https://files.stripe.com",
    "STRIPE_CONNECT_BASE": "https://connect.stripe.com",
    "STRIPE_METER_EVENTS_BASE": "https://meter-events.stripe.com",
    "STRIPE_JS_URL": "https://js.stripe.com/v3/",
}

CHECKS: list[tuple[str, list[str], dict[str, str]]] = [
    ("ruff check", [str(BIN / "ruff"), "check", "."], {}),
    ("ruff format", [str(BIN / "ruff"), "format", "--check", "."], {}),
    ("import contracts", [str(BIN / "lint-imports"), "--no-cache"], {}),
    (
        "migrations",
        # It would like to ask a database for its history, and may do without one.
        [*PYTHON, "-W", "ignore", "manage.py", "makemigrations", "--check", "--dry-run"],
        {"DJANGO_SETTINGS_MODULE": "config.settings.test"},
    ),
    ("templates", [str(BIN / "djlint"), "templates", "--lint", "--quiet"], {}),
    (
        "production settings",
        [*PYTHON, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        PRODUCTION,
    ),
    ("mypy", [str(BIN / "mypy")], {"DJANGO_SETTINGS_MODULE": "config.settings.test"}),
]


def main() -> int:
    """Run all of them, so that one run shows everything there is to mend."""
    failed = 0
    for name, command, environment in CHECKS:
        began = time.monotonic()
        run = subprocess.run(
            command,
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if run.returncode:
            failed += 1
            print(run.stdout.rstrip())
        outcome = "FAILED" if run.returncode else "ok"
        print(f"{outcome:<6} {name} ({time.monotonic() - began:.1f} s)", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())
