"""How gunicorn serves the web process; every number can be set from the environment."""

import os

_host = os.environ.get("HOST", "127.0.0.1")
bind = f"{f'[{_host}]' if ':' in _host else _host}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_WORKERS", "2"))
# Threads keep idle connections open between requests; the work itself is bound by the processor.
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS", "4"))
keepalive = 75
timeout = 60
graceful_timeout = 3
preload_app = True
# No second socket: two installations on one machine would meet there.
control_socket_disable = True
loglevel = os.environ.get("GUNICORN_LOG_LEVEL", "warning")


def when_ready(server: object) -> None:
    """
    Before the workers are forked: load what the first request would, and set it aside.

    Workers then share it, and no collection of theirs walks through it again.
    """
    import gc

    from django.urls import get_resolver

    # Imports every view of every app.
    _ = get_resolver().url_patterns
    gc.collect()
    gc.freeze()
