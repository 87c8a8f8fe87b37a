"""One request to a server that may be slow, rude or gone."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from apps.webhooks import sending
from apps.webhooks.sending import Answer, Line
from tests.support.receivers import Receiver, receiving

Behaviour = Callable[[socket.socket], None]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as running:
        yield running


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a second stands for ten."""
    monkeypatch.setattr(sending, "TIMEOUT_SECONDS", 0.5)


def post(url: str) -> Answer:
    line = Line(url, is_local_allowed=True)
    try:
        return line.post("{}", {"a": "b"})
    finally:
        line.close()


@pytest.fixture
def make_server() -> Iterator[Callable[[Behaviour], str]]:
    """A server that does with a connection what it is told."""
    listening: list[socket.socket] = []

    def make(behaviour: Behaviour) -> str:
        server = socket.create_server(("127.0.0.1", 0))
        listening.append(server)

        def run() -> None:
            with suppress(OSError):
                connection, _ = server.accept()
                with connection:
                    connection.recv(65536)
                    behaviour(connection)

        threading.Thread(target=run, daemon=True).start()
        return f"http://127.0.0.1:{server.getsockname()[1]}/"

    yield make
    for server in listening:
        server.close()


def drip(connection: socket.socket, first: bytes) -> None:
    connection.sendall(first)
    for _ in range(60):
        connection.sendall(b"x")
        time.sleep(0.1)


class TestPost:
    def test_gives_what_was_answered(self, receiver: Receiver) -> None:
        receiver.answer(202, b"fine")
        answer = post(receiver.url)
        assert (answer.http_code, answer.text, answer.is_success) == (202, "fine", True)

    def test_keeps_the_connection_for_the_next(self, receiver: Receiver) -> None:
        line = Line(receiver.url, is_local_allowed=True)
        line.post("{}", {})
        first = line._socket
        line.post("{}", {})
        assert line._socket is first
        line.close()

    def test_follows_no_redirect(self, receiver: Receiver) -> None:
        receiver.answer(302)
        assert not post(receiver.url).is_success
        assert len(receiver.requests) == 1

    def test_keeps_the_beginning_of_a_long_answer(self, receiver: Receiver) -> None:
        receiver.answer(200, "ä".encode() * 100_000)
        assert post(receiver.url).text == "ä" * 2048

    def test_calls_the_host_by_its_name(self, receiver: Receiver) -> None:
        post(receiver.url.replace("127.0.0.1", "localhost"))
        assert receiver.requests[0].headers["host"] == f"localhost:{receiver.port}"

    def test_goes_nowhere_inside(self, receiver: Receiver) -> None:
        line = Line(receiver.url, is_local_allowed=False)
        answer = line.post("{}", {})
        assert (answer.http_code, answer.text) == (None, "The URL points to a private network.")
        assert receiver.requests == []

    def test_notes_that_nobody_is_there(self) -> None:
        answer = post("http://127.0.0.1:1/")
        assert answer.http_code is None
        assert "could not be made" in (answer.text or "")

    def test_notes_that_the_other_side_hung_up(
        self, make_server: Callable[[Behaviour], str]
    ) -> None:
        answer = post(make_server(lambda connection: None))
        assert answer.http_code is None
        assert "closed the connection" in (answer.text or "")

    @pytest.mark.usefixtures("hurried")
    @pytest.mark.parametrize(
        "behaviour",
        [
            lambda connection: time.sleep(5),
            lambda connection: drip(connection, b"HTTP/1.1 200 OK\r\n"),
            lambda connection: drip(connection, b"HTTP/1.1 200 OK\r\n\r\n"),
        ],
        ids=["silent", "drips headers", "drips the body"],
    )
    def test_waits_no_longer_than_it_may(
        self, make_server: Callable[[Behaviour], str], behaviour: Behaviour
    ) -> None:
        answer = post(make_server(behaviour))
        assert answer.http_code is None
        assert "No complete answer" in (answer.text or "")
        assert answer.duration_ms < 4000
