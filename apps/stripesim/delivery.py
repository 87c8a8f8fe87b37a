"""Webhook delivery: signed, in order within a payment, repeated on failure, from own threads.

Waiting and retrying run on real time, and so does the signature's timestamp: a receiver checks it
against its own clock, which no sandbox clock moves.
"""

import hashlib
import hmac
import http.client
import logging
import random
import threading
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import orjson

from .events import LANES
from .runtime import PLATFORM

if TYPE_CHECKING:
    from .runtime import Runtime

Obj = dict[str, Any]
logger = logging.getLogger("stripesim")
TIMEOUT = 20


def signature(secret: str, body: bytes, at: int) -> str:
    """The `Stripe-Signature` header of a body delivered at `at`."""
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


class Deliveries:
    """The queue in the database and the threads that empty it."""

    def __init__(self, runtime: "Runtime") -> None:
        self._runtime = runtime
        self._endpoints: list[Obj] | None = None
        self._ready = [threading.Event() for _ in range(LANES)]
        self.paused = False
        self.shuffled = False
        self.copies = 1
        self._held_until: float | None = None

    def start(self) -> None:
        """Start the threads; nobody is left who asked for what is held."""
        self.release()
        for lane in range(LANES):
            thread = threading.Thread(target=self._run, args=(lane,), daemon=True)
            thread.start()

    def wake(self) -> None:
        """Tell the threads that there is something to deliver."""
        for ready in self._ready:
            ready.set()

    def hold(self, seconds: float) -> None:
        """
        Keep back for so long what calls of the API cause from now on, or until `release`.

        What happens by the sandbox's clock is delivered meanwhile.
        """
        self._held_until = time.monotonic() + seconds

    def is_holding(self) -> bool:
        """Whether what a call causes is kept back just now."""
        until = self._held_until
        return until is not None and time.monotonic() < until

    def release(self) -> None:
        """Let go of all that was kept back."""
        self._held_until = None
        with self._runtime.store.transaction() as connection:
            connection.execute("UPDATE deliveries SET state = 'waiting' WHERE state = 'held'")
        self.wake()

    def forget(self) -> None:
        """The endpoints have changed, or everything was wiped."""
        self._endpoints = None

    def reset(self) -> None:
        """Forget the endpoints and every switch."""
        self.paused, self.shuffled, self.copies, self._held_until = False, False, 1, None
        self.forget()

    def all(self) -> list[Obj]:
        """The endpoints that exist."""
        endpoints = self._endpoints
        if endpoints is None:
            rows = self._runtime.store.reader().execute(
                "SELECT body FROM objects WHERE account = ? AND kind = 'webhook_endpoint'",
                (PLATFORM,),
            )
            found = [orjson.loads(row[0]) for row in rows]
            endpoints = self._endpoints = [e for e in found if not e.get("deleted")]
        return endpoints

    def wanting(self, type_: str, *, connect: bool) -> list[Obj]:
        """The enabled endpoints that asked for this type, of the own or of connected accounts."""
        return [
            endpoint
            for endpoint in self.all()
            if endpoint["status"] == "enabled"
            and endpoint["_connect"] == connect
            and ("*" in endpoint["enabled_events"] or type_ in endpoint["enabled_events"])
        ]

    def _run(self, lane: int) -> None:
        connections: dict[str, http.client.HTTPConnection] = {}
        while True:
            try:
                if self._held_until is not None and not self.is_holding():
                    self.release()
                job = None if self.paused else self._next(lane)
                if job is None:
                    self._ready[lane].wait(0.5)
                    self._ready[lane].clear()
                    continue
                self._attempt(job, connections)
            except Exception:
                logger.exception("delivery failed")
                time.sleep(0.5)

    def _next(self, lane: int | None = None) -> tuple[Any, ...] | None:
        clause, order = ("lane = ? AND " if lane is not None else ""), "due, seq"
        if self.shuffled:
            order = "RANDOM()"
        values = (time.time(),) if lane is None else (lane, time.time())
        row: tuple[Any, ...] | None = (
            self._runtime.store.reader()
            .execute(
                "SELECT seq, account, event, endpoint, attempts FROM deliveries"  # noqa: S608
                f" WHERE {clause}state = 'waiting' AND due <= ? ORDER BY {order} LIMIT 1",
                values,
            )
            .fetchone()
        )
        return row

    def _attempt(
        self, job: tuple[Any, ...], connections: dict[str, http.client.HTTPConnection]
    ) -> None:
        seq, account, event_id, endpoint_id, attempts = job
        unit = self._runtime.store.reading()
        event, endpoint = unit.get(account, event_id), unit.get(PLATFORM, endpoint_id)
        if event is None or endpoint is None or endpoint.get("deleted"):
            self._finish(seq, "dropped", attempts, None, "the endpoint is gone")
            return
        status, note = None, None
        for _ in range(max(1, self.copies)):
            status, note = self._post(endpoint, orjson.dumps(event), connections)
        if status is not None and 200 <= status < 300:
            self._finish(seq, "delivered", attempts + 1, status, None)
            return
        delays = self._runtime.config["retry_delays"]
        if attempts < len(delays):
            jitter = 1 + random.random() / 10  # noqa: S311  spread, not secrecy
            due = time.time() + delays[attempts] * jitter
            self._finish(seq, "waiting", attempts + 1, status, note, due)
        else:
            self._finish(seq, "failed", attempts + 1, status, note)

    def _finish(
        self, seq: int, state: str, attempts: int, status: int | None, note: str | None,
        due: float = 0,
    ) -> None:  # fmt: skip
        with self._runtime.store.transaction() as connection:
            connection.execute(
                "UPDATE deliveries SET state = ?, attempts = ?, status = ?, note = ?, due = ?"
                " WHERE seq = ?",
                (state, attempts, status, note, due, seq),
            )

    def _post(
        self, endpoint: Obj, body: bytes, connections: dict[str, http.client.HTTPConnection]
    ) -> tuple[int | None, str | None]:
        url = urlsplit(endpoint["url"])
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Stripe/1.0 (sandbox)",
            "Stripe-Signature": signature(endpoint["_secret"], body, int(time.time())),
        }
        target = (url.path or "/") + (f"?{url.query}" if url.query else "")
        for fresh in (False, True):  # a kept connection may have been closed by the receiver
            connection = connections.pop(url.netloc, None)
            if connection is None or fresh:
                https = url.scheme == "https"
                kind = http.client.HTTPSConnection if https else http.client.HTTPConnection
                connection, fresh = kind(url.netloc, timeout=TIMEOUT), True
            try:
                connection.request("POST", target, body, headers)
                response = connection.getresponse()
                response.read()
            except (OSError, http.client.HTTPException) as error:
                connection.close()
                if fresh:
                    return None, f"{type(error).__name__}: {error}"
                continue
            connections[url.netloc] = connection
            return response.status, None if response.status < 300 else response.reason
        return None, "unreachable"

    def pending(self, account: str, event_id: str) -> int:
        """Deliveries of the event that have not succeeded."""
        row = (
            self._runtime.store.reader()
            .execute(
                "SELECT COUNT(*) FROM deliveries WHERE account = ? AND event = ?"
                " AND state IN ('waiting', 'held', 'failed')",
                (account, event_id),
            )
            .fetchone()
        )
        return int(row[0])

    def counts(self) -> dict[str, int]:
        """Deliveries by state."""
        rows = self._runtime.store.reader().execute(
            "SELECT state, COUNT(*) FROM deliveries GROUP BY state"
        )
        return {"waiting": 0, "delivered": 0, "failed": 0, **dict(rows.fetchall())}

    def flush(self, *, timeout: float = 30) -> dict[str, int]:
        """Make every waiting and failed delivery due, and wait until none is left waiting."""
        with self._runtime.store.transaction() as connection:
            connection.execute(
                "UPDATE deliveries SET state = 'waiting', due = 0, attempts = 0"
                " WHERE state = 'failed'"
            )
            connection.execute("UPDATE deliveries SET due = 0 WHERE state = 'waiting'")
        self.wake()
        end = time.monotonic() + timeout
        while time.monotonic() < end and not self.paused:
            row = (
                self._runtime.store.reader()
                .execute(
                    "SELECT 1 FROM deliveries WHERE state = 'waiting' AND due <= ? LIMIT 1",
                    (time.time(),),
                )
                .fetchone()
            )
            if row is None:
                break
            time.sleep(0.01)
        return self.counts()

    def resend(self, event_id: str) -> int:
        """Deliver the event once more to the endpoints it went to; the number of deliveries."""
        with self._runtime.store.transaction() as connection:
            cursor = connection.execute(
                "INSERT INTO deliveries (account, event, endpoint, lane, state)"
                " SELECT DISTINCT account, event, endpoint, lane, 'waiting' FROM deliveries"
                " WHERE event = ?",
                (event_id,),
            )
        self.wake()
        return cursor.rowcount
