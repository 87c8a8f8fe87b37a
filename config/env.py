"""The environment, read once: where the data lives, which world this is, and typed variables."""

import os
import secrets
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parent.parent


class Environment(environ.Env):  # type: ignore[misc]
    """Typed variables; one that cannot be read is named."""

    def get_value(self, var: str, cast: Any = None, **options: Any) -> Any:
        """As the library's, with one kind of error."""
        try:
            return super().get_value(var, cast=cast, **options)
        except ValueError as error:
            raise ImproperlyConfigured(
                f"The environment variable {var} cannot be {os.environ.get(var)!r}."
            ) from error


env = Environment()

ENVIRONMENT: str = env.str("COMPTROLLER_ENV", default="sandbox")
if ENVIRONMENT not in ("sandbox", "production"):
    raise ImproperlyConfigured(
        f"COMPTROLLER_ENV must be 'sandbox' or 'production', not {ENVIRONMENT!r}."
    )
IS_SANDBOX = ENVIRONMENT == "sandbox"

DATA_DIR = Path(os.environ.get("DATA_DIR", ROOT / ".data")).expanduser().resolve()


def required(name: str, *, sandbox: str | None = None) -> str:
    """
    The variable's value; in the sandbox, `sandbox` when it is unset.

    :raises ImproperlyConfigured: one line naming the variable, if it is missing or empty.
    """
    value = os.environ.get(name, "")
    if value:
        return value
    if IS_SANDBOX and sandbox is not None:
        return sandbox
    raise ImproperlyConfigured(f"The environment variable {name} is missing.")


def sandbox_secret(name: str) -> str:
    """
    A secret from the environment; in the sandbox one generated per data folder and kept there.

    Production has no fallback: a missing variable stops the boot.
    """
    if not IS_SANDBOX or os.environ.get(name):
        return required(name)
    path = DATA_DIR / "secrets" / name.lower()
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(48))
        except FileExistsError:
            pass
    return path.read_text()
