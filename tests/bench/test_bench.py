import json
import socketserver
import threading
from typing import ClassVar

import pytest

from tests.bench import baseline, goals, report
from tests.bench.load import measure, request


def rate(value: float, *, concurrency: int = 8) -> report.Row:
    return report.Row("orders", concurrency, value, "req/s", 40.0, value / 50_000, 0.0031)


class TestRow:
    @pytest.mark.parametrize(
        ("row", "verdict"),
        [
            (rate(200), "goal"),
            (rate(100), "above reference"),
            (rate(30), "BELOW REFERENCE"),
            # A goal is for concurrency 8.
            (rate(200, concurrency=1), "above reference"),
            (report.Row("memory", None, 120, "MB", 968, 0.12, 200), "goal"),
            (report.Row("memory", None, 300, "MB", 968, 0.31, 200), "above reference"),
            (report.Row("memory", None, 999, "MB", 968, 1.03, 200), "BELOW REFERENCE"),
            # Renewals have a goal of their own unit.
            (report.Row("renewals", 2, 30, "1/s", None, 0.005, 27.8), "goal"),
            (report.Row("renewals", 2, 20, "1/s", None, 0.005, 27.8), ""),
            (report.Row("p99", 32, 5, "ms", None, None, None), ""),
        ],
    )
    def test_says_how_it_went(self, row, verdict):
        assert row.verdict == verdict


class TestWriteJson:
    def test_has_the_agreed_keys(self, tmp_path):
        path = tmp_path / "bench.json"

        report.write_json(str(path), [rate(100)])

        assert list(json.loads(path.read_text())[0]) == [
            "name",
            "concurrency",
            "value",
            "unit",
            "reference_value",
            "ratio",
            "goal",
        ]


class Answering(socketserver.StreamRequestHandler):
    """Answers in two pieces, so that a reader must wait for the whole."""

    status = b"200 OK"

    def handle(self) -> None:
        while self.rfile.readline():
            while self.rfile.readline().strip():
                pass
            self.wfile.write(b"HTTP/1.1 " + self.status + b"\r\nContent-Length: 6\r\n\r\nabc")
            self.wfile.flush()
            self.wfile.write(b"def")


class Refusing(Answering):
    status = b"429 Too Many Requests"


@pytest.fixture
def serve():
    servers = []

    def start(handler) -> int:
        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return server.server_address[1]

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


class TestMeasure:
    def test_counts_whole_answers(self, serve):
        found = measure(serve(Answering), [request("GET", "/", "t")], concurrency=3, seconds=0.2)

        assert found.per_second > 0
        assert found.p99 > 0

    def test_refuses_to_measure_refusals(self, serve):
        with pytest.raises(RuntimeError, match="429"):
            measure(serve(Refusing), [request("GET", "/", "t")], concurrency=1, seconds=0.2)


class TestBaseline:
    BEFORE: ClassVar = {"orders": 0.006, "memory": 100.0}

    def test_keeps_ratios_and_memory_and_what_was_not_measured(self, tmp_path):
        path = tmp_path / "baseline.json"
        path.write_text('{"orders": 0.001, "other": 0.5}')

        baseline.keep(
            [rate(300), rate(200, concurrency=1), report.Row("p99", 8, 5, "ms", None, None, None)],
            path,
        )

        assert baseline.kept(path) == {"orders": 0.006, "other": 0.5}

    @pytest.mark.parametrize(
        ("row", "is_worse"),
        [
            (rate(300), False),
            (rate(201), False),
            (rate(199), True),
            (rate(1, concurrency=32), False),
            (report.Row("memory", None, 133, "MB", 968, 0.12, 200), False),
            (report.Row("memory", None, 134, "MB", 968, 0.12, 200), True),
            (report.Row("new", 8, 1, "req/s", None, 0.001, None), False),
        ],
    )
    def test_tells_what_is_worse_by_more_than_a_third(self, row, is_worse):
        assert baseline.worse([row], self.BEFORE) == ([row] if is_worse else [])

    def test_takes_the_better_of_two_looks(self):
        slow, fast = rate(100), rate(250)

        assert baseline.better_of([slow], [fast]) == [fast]
        assert baseline.better_of([fast], [slow]) == [fast]

    def test_has_a_complaint_for_people(self):
        assert baseline.complaint(rate(150), self.BEFORE) == "orders: 0.003 instead of 0.006 (-50%)"

    def test_of_the_repository_names_what_is_measured(self):
        names = {target.name for target in goals.TARGETS}
        asked = {name for name in baseline.kept() if name.startswith(("GET", "POST"))}

        assert asked <= names
