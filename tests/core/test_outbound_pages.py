"""Reading a stranger's page: judged at every hop, bounded, never raising."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from apps.core.outbound import pages
from apps.core.outbound.pages import MOST_BYTES, Page, read_page

Answer = tuple[int, dict[str, str], bytes]


@contextmanager
def website(answer: Callable[[str], Answer]) -> Iterator[str]:
    """A website on loopback, and where it is."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            code, headers, body = answer(self.path)
            self.send_response(code)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Quietly."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def read(url: str, *, is_local_allowed: bool = True) -> Page:
    return read_page(url, is_local_allowed=is_local_allowed, agent="test")


class TestReadPage:
    def test_follows_redirects_to_the_page(self) -> None:
        def answer(path: str) -> Answer:
            return (302, {"Location": "/home"}, b"") if path == "/" else (200, {}, b"Hello")

        with website(answer) as url:
            page = read(url)
        assert (page.http_code, page.text, page.error) == (200, "Hello", "")
        assert page.is_reached and page.url.endswith("/home")

    @pytest.mark.parametrize(
        "inside",
        [
            "https://10.0.0.1/",
            "https://169.254.169.254/latest/meta-data/",
            "https://[fd00::1]/",
            "https://metadata.internal/",
            "http://192.168.0.1/",
            "file:///etc/passwd",
            "https://user:secret@example.com/",
        ],
    )
    def test_judges_where_a_redirect_leads(self, inside: str) -> None:
        with website(lambda path: (302, {"Location": inside}, b"")) as url:
            page = read(url)
        assert page.http_code is None and not page.is_reached
        assert page.error.startswith("The URL")

    def test_goes_nowhere_inside(self) -> None:
        with website(lambda path: (200, {}, b"secret")) as url:
            page = read(url, is_local_allowed=False)
        assert (page.http_code, page.text) == (None, "")
        assert "private network" in page.error

    def test_ends_a_circle(self) -> None:
        with website(lambda path: (302, {"Location": "/"}, b"")) as url:
            assert read(url).error == "Redirected too often."

    def test_reads_the_beginning_of_what_is_long(self) -> None:
        with website(lambda path: (200, {}, b"x" * (MOST_BYTES + 10_000))) as url:
            assert len(read(url).text) == MOST_BYTES

    def test_waits_no_longer_than_it_may(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from threading import Event

        monkeypatch.setattr(pages, "TIMEOUT_SECONDS", 0.3)
        over = Event()

        def answer(path: str) -> Answer:
            over.wait(3)
            return 200, {}, b"late"

        with website(answer) as url:
            page = read(url)
            over.set()
        assert page.http_code is None
        assert page.error.startswith("No complete answer")
        assert page.duration_ms < 2500

    def test_says_that_nobody_is_there(self) -> None:
        with website(lambda path: (200, {}, b"")) as url:
            pass
        assert read(url).error == "The connection was refused or ended without an answer."
        assert "was not found" in read("https://nobody.invalid/").error

    def test_keeps_a_refusal(self) -> None:
        with website(lambda path: (503, {}, b"Down")) as url:
            page = read(url)
        assert (page.http_code, page.is_reached) == (503, False)
