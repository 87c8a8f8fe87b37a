"""Servers of merchants that receive webhooks: real ones, on loopback, answering as told."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = tuple[int, bytes]


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it came in."""

    path: str
    headers: dict[str, str]
    body: str


@dataclass
class Receiver:
    """What came in, and what is answered."""

    port: int
    requests: list[Received] = field(default_factory=list)
    reply: Callable[[Received], Reply] = lambda request: (200, b"")
    delay: float = 0.0

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/hook"

    def answer(self, code: int, body: bytes = b"") -> None:
        """Answer every request so from now on."""
        self.reply = lambda request: (code, body)

    @property
    def sequences(self) -> list[int]:
        """The numbers of what came in."""
        return [int(request.headers["webhook-sequence"]) for request in self.requests]

    @property
    def types(self) -> list[str]:
        """The types of what came in."""
        return [json.loads(request.body)["type"] for request in self.requests]


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver that is there for a while."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers.get("content-length", 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Received(self.path, headers, self.rfile.read(length).decode())
            receiver.requests.append(request)
            time.sleep(receiver.delay)
            code, body = receiver.reply(request)
            self.send_response(code)
            self.send_header("content-length", str(len(body)))
            if 300 <= code < 400:
                self.send_header("location", receiver.url + "/elsewhere")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 64

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A sender that hung up is no error of ours."""

    server = Server(("127.0.0.1", 0), Handler)
    receiver = Receiver(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
