"""E-mail: which server takes it, and from whom it comes."""

from config.env import IS_SANDBOX, env

# A URL such as smtp+tls://user:password@host:587, or a backend of its own (django-anymail's, say).
# In the sandbox nothing leaves the machine: the mailbox of the backoffice shows every mail.
if env.str("EMAIL_URL", default=""):
    _server = env.email_url("EMAIL_URL")
    EMAIL_BACKEND: str = _server["EMAIL_BACKEND"]
    EMAIL_HOST: str = _server["EMAIL_HOST"]
    EMAIL_PORT: int = _server["EMAIL_PORT"]
    EMAIL_HOST_USER: str = _server["EMAIL_HOST_USER"]
    EMAIL_HOST_PASSWORD: str = _server["EMAIL_HOST_PASSWORD"]
    EMAIL_USE_TLS: bool = _server.get("EMAIL_USE_TLS", False)
    EMAIL_USE_SSL: bool = _server.get("EMAIL_USE_SSL", False)
else:
    EMAIL_BACKEND = env.str(
        "EMAIL_BACKEND",
        default="django.core.mail.backends.dummy.EmailBackend"
        if IS_SANDBOX
        else "django.core.mail.backends.smtp.EmailBackend",
    )
EMAIL_TIMEOUT: int = env.int("EMAIL_TIMEOUT", default=10)
DEFAULT_FROM_EMAIL: str = env.str("DEFAULT_FROM_EMAIL", default="billing@comptroller.test")
# What an anymail backend needs, as JSON: {"POSTMARK_SERVER_TOKEN": "..."}.
ANYMAIL: dict[str, str] = env.json("ANYMAIL", default={})
