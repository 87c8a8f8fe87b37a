"""
A load generator that costs little beside what it measures.

Requests are bytes made beforehand; each process drives its share of the keep-alive connections
with one epoll loop and looks at no more of an answer than status and length.
"""

from __future__ import annotations

import multiprocessing
import select
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier

PROCESSES = 2
ANSWER_LIMIT_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Measure:
    """What a run of load came to: requests per second, the slowest hundredth in milliseconds."""

    per_second: float
    p99: float


@dataclass(slots=True)
class _Connection:
    """One connection: the answer read so far and when its request went out."""

    socket: socket.socket
    received: bytearray
    sent_at: float
    next_request: int


def request(method: str, path: str, token: str, body: bytes = b"") -> bytes:
    """An HTTP/1.1 request of the merchant API as bytes."""
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Accept: application/json",
        f"Authorization: Bearer {token}",
    ]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


def measure(port: int, requests: Sequence[bytes], *, concurrency: int, seconds: float) -> Measure:
    """
    Keep `concurrency` connections busy for that long.

    :raises RuntimeError: if any answer is not a success: then there is nothing to measure.
    """
    shares = [
        concurrency // PROCESSES + (number < concurrency % PROCESSES) for number in range(PROCESSES)
    ]
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    busy = sum(1 for share in shares if share)
    together = context.Barrier(busy)
    processes = [
        context.Process(
            target=_drive, args=(results, together, port, requests, share, number * 7919, seconds)
        )
        for number, share in enumerate(shares)
        if share
    ]
    for process in processes:
        process.start()
    answers = [results.get() for _ in processes]
    for process in processes:
        process.join()
    if failures := [answer for answer in answers if isinstance(answer, str)]:
        raise RuntimeError(failures[0])
    latencies = sorted(latency for part, _ in answers for latency in part)
    return Measure(
        per_second=sum(len(part) / elapsed for part, elapsed in answers),
        p99=1000 * latencies[min(len(latencies) - 1, int(len(latencies) * 0.99))],
    )


def _drive(
    results: multiprocessing.Queue[object],
    together: Barrier,
    port: int,
    requests: Sequence[bytes],
    share: int,
    first: int,
    seconds: float,
) -> None:
    try:
        together.wait(ANSWER_LIMIT_SECONDS)
        results.put(_loop(port, requests, share, first, seconds))
    except Exception as error:
        results.put(f"{type(error).__name__}: {error}")


def _loop(
    port: int, requests: Sequence[bytes], share: int, first: int, seconds: float
) -> tuple[list[float], float]:
    poll = select.epoll()
    connections: dict[int, _Connection] = {}
    latencies: list[float] = []
    started = time.perf_counter()
    for number in range(share):
        connection = _Connection(_connect(port), bytearray(), 0.0, first + number * 104729)
        connections[connection.socket.fileno()] = connection
        poll.register(connection.socket, select.EPOLLIN)
        _send(connection, requests)
    deadline, limit = started + seconds, started + ANSWER_LIMIT_SECONDS
    # A machine under other load may need longer for the first answer of all.
    while (now := time.perf_counter()) < deadline or not latencies:
        if now > limit:
            raise TimeoutError("no answer at all")
        for descriptor, _ in poll.poll(1):
            connection = connections[descriptor]
            received = connection.socket.recv(262144)
            if not received:
                # The server may close an idle or worn-out connection between two requests.
                raise ConnectionError("the server closed a connection")
            connection.received += received
            if _is_whole(connection.received):
                now = time.perf_counter()
                latencies.append(now - connection.sent_at)
                connection.received.clear()
                _send(connection, requests)
    elapsed = time.perf_counter() - started
    for connection in connections.values():
        connection.socket.close()
    return latencies, elapsed


def _connect(port: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=30)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def _send(connection: _Connection, requests: Sequence[bytes]) -> None:
    data = requests[connection.next_request % len(requests)]
    connection.next_request += 1
    connection.sent_at = time.perf_counter()
    connection.socket.sendall(data)


def _is_whole(received: bytearray) -> bool:
    end = received.find(b"\r\n\r\n")
    if end < 0:
        return False
    head = bytes(received[:end]).lower()
    if not head.startswith((b"http/1.1 200", b"http/1.1 201")):
        raise RuntimeError(f"not a success: {bytes(received[:600])!r}")
    length = int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
    return len(received) >= end + 4 + length
