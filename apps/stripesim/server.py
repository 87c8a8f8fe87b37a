"""The server: gunicorn, one worker process with threads, on loopback only."""

import logging
import os
import socket
import sys
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from gunicorn.app.base import BaseApplication

HOST = "127.0.0.1"


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn without its command line."""

    def __init__(self, options: dict[str, Any]) -> None:
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        """Take the given options."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> WSGIHandler:
        """Build the WSGI application in the worker."""
        import django

        django.setup(set_prefix=False)
        # a refused request is the sandbox's daily work, not worth a line each
        logging.getLogger("django.request").setLevel(logging.ERROR)
        return WSGIHandler()


def _warm(worker: object) -> None:
    """Open the database in the worker, so that threads and locks belong to it."""
    from .runtime import runtime

    runtime()


def serve() -> None:
    """Run until stopped. Exits with one line when the port is taken."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "apps.stripesim.settings"
    from . import settings

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, settings.STRIPESIM_PORT))
        except OSError as error:
            sys.exit(f"stripesim: port {settings.STRIPESIM_PORT} cannot be used: {error.strerror}")
    Server(
        {
            "bind": f"{HOST}:{settings.STRIPESIM_PORT}",
            "workers": 1,
            "worker_class": "gthread",
            "threads": settings.STRIPESIM_THREADS,
            "keepalive": 75,
            "timeout": 120,
            "graceful_timeout": 2,
            "proc_name": "stripesim",
            "loglevel": "warning",
            "post_worker_init": _warm,
        }
    ).run()
