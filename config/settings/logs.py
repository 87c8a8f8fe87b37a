"""Structured logs on standard output; nothing sensitive is ever passed to them."""

import structlog

from config.env import IS_SANDBOX, env

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
            "processor": _renderer,
            "foreign_pre_chain": [
                structlog.stdlib.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
            ],
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "structured"}},
    # The library reports every call at INFO; ours are told by the gateway when they go wrong.
    "loggers": {"fontTools": {"level": "WARNING"}, "stripe": {"level": "WARNING"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
}
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
