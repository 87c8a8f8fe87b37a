"""How gunicorn serves the web process; every number can be set from the environment."""

import json
import os
import socket
from typing import Final

from gunicorn import util

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

# What cannot be read as a request never reaches the application, which speaks JSON.
_ERROR_NAMES: Final = {400: "BadRequest", 403: "NotPermitted", 414: "URITooLong"}


def write_error(client: socket.socket, status: int, reason: str, message: str) -> None:
    """
    Answer in the shape of every other error, and close; does not wait for a slow client.

    `reason` is the text of the status, `message` what is wrong, possibly with bytes of the request.
    """
    name = _ERROR_NAMES.get(status) or reason.replace(" ", "")
    body = json.dumps({"error": name, "detail": message or reason})
    head = (
        f"HTTP/1.1 {status} {reason}",
        "Connection: close",
        "Content-Type: application/json",
        "Cache-Control: private, no-store",
        f"Content-Length: {len(body)}",
    )
    util.write_nonblock(client, "\r\n".join([*head, "", body]).encode("ascii"))


# The one place where a worker words such an answer; there is no setting for it. This file is read
# before the workers are forked.
util.write_error = write_error


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


def post_fork(server: object, worker: object) -> None:
    """In each worker, before it answers anybody."""
    from config import telemetry

    telemetry.start("web")
