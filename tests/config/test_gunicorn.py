"""What the web process answers to what it cannot read as a request."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.stripesim import free_port

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Of a web process, started as `make up` does."""
    number = free_port()
    command = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py", "config.wsgi"]
    environment = {**os.environ, "HOST": "127.0.0.1", "PORT": str(number), "WEB_WORKERS": "1"}
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    end = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", number), timeout=1).close()
            break
        except OSError:
            assert process.poll() is None, "it did not start"
            assert time.monotonic() < end, "it does not listen"
            time.sleep(0.05)
    yield number
    process.terminate()
    process.wait(20)


def answer(port: int, request: bytes) -> tuple[int, dict[str, str], bytes]:
    """Status, headers (names in lower case) and body of what comes back to these bytes."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
        client.sendall(request)
        received = b"".join(iter(lambda: client.recv(65536), b""))
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    return int(first.split()[1]), headers, body


@pytest.mark.parametrize(
    ("request_bytes", "status", "name"),
    [
        (b"nonsense\r\n\r\n", 400, "BadRequest"),
        (b"GET /v1/ HTTP/9.9\r\n\r\n", 400, "BadRequest"),
        (b"\xff\xfe /v1/ HTTP/1.1\r\n\r\n", 400, "BadRequest"),
        (b"GET /v1/ HTTP/1.1\r\nHost: a\r\nBad Header: x\r\n\r\n", 400, "BadRequest"),
        (b"GET /v1/?q=" + b"x" * 5000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414, "URITooLong"),
        (
            b"GET /v1/ HTTP/1.1\r\nHost: a\r\nX-Long: " + b"x" * 9000 + b"\r\n\r\n",
            431,
            "RequestHeaderFieldsTooLarge",
        ),
    ],
)
def test_speaks_json_to_the_unreadable(
    port: int, request_bytes: bytes, status: int, name: str
) -> None:
    code, headers, body = answer(port, request_bytes)

    assert (code, headers["content-type"]) == (status, "application/json")
    assert int(headers["content-length"]) == len(body)
    error = json.loads(body)
    assert error["error"] == name
    assert isinstance(error["detail"], str) and error["detail"]


def test_answers_to_what_it_can_read(port: int) -> None:
    request = b"GET /healthz/ready HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"

    assert answer(port, request)[0] == 200
