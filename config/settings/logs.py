"""Structured logs on standard output, without personal data and secrets."""

from typing import Any

import structlog

from apps.core.scrubbing import scrub
from config.env import IS_SANDBOX, env

# The header that a request may bring its correlation id in, and that the answer tells it in.
CORRELATION_HEADER: str = env.str("CORRELATION_HEADER", default="X-Correlation-ID")


def without_personal_data(logger: Any, name: str, event: Any) -> Any:
    """The last step before a line is written: whoever wrote it, and whatever an error says."""
    return scrub(event)


_renderer = (
    structlog.dev.ConsoleRenderer(
        # Plain tracebacks: the rich ones print local variables, secrets among them.
        colors=False,
        exception_formatter=structlog.dev.plain_traceback,
    )
    if IS_SANDBOX
    else structlog.processors.JSONRenderer()
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "structured": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                without_personal_data,
                _renderer,
            ],
            "foreign_pre_chain": [
                structlog.contextvars.merge_contextvars,
                structlog.stdlib.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
            ],
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "structured"}},
    # The libraries report every call at INFO; ours are told by the gateway when they go wrong.
    "loggers": {
        "fontTools": {"level": "WARNING"},
        "stripe": {"level": "WARNING"},
        # A line for each request, task and webhook.
        "comptroller.access": {
            "level": env.str("ACCESS_LOG_LEVEL", default="WARNING" if IS_SANDBOX else "INFO")
        },
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
}
structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
