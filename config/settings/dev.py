"""The sandbox: loopback, readable errors, no HTTPS."""

from config.env import env
from config.settings.base import *  # noqa: F403
from config.settings.base import HOST, LISTENS_EVERYWHERE, STATIC_ROOT

ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS",
    default=["*"] if LISTENS_EVERYWHERE else ["127.0.0.1", "localhost", "[::1]", HOST],
)
# Static files come straight from the sources; the folder need only exist.
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
# Cookies of two sandboxes on one host must not log each other out.
SESSION_COOKIE_NAME = f"comptroller_{env.int('PORT', default=8000)}"
