"""Idempotency keys: the first answer is kept and given again to the same request."""

import hashlib
import threading
from dataclasses import dataclass

from .errors import ApiError
from .store import Unit

KEEP = 24 * 3600  # seconds; afterwards a key is forgotten and may be used anew
MAX_LENGTH = 255


@dataclass(frozen=True)
class Stored:
    """A kept answer."""

    status: int
    body: bytes
    request_id: str


class InFlight:
    """Keys whose first request has not been answered yet."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._keys: set[tuple[str, str]] = set()

    def enter(self, account: str, key: str) -> None:
        """Claim the key, or refuse with 409 while another request holds it."""
        with self._lock:
            if (account, key) in self._keys:
                raise ApiError(
                    409,
                    "idempotency_error",
                    "Another request with this idempotency key is still being processed.",
                    code="idempotency_key_in_use",
                    stored=False,
                    headers={"Stripe-Should-Retry": "true"},
                )
            self._keys.add((account, key))

    def leave(self, account: str, key: str) -> None:
        """Let the key go."""
        with self._lock:
            self._keys.discard((account, key))


def check_length(key: str) -> None:
    """Refuse a key that is too long."""
    if len(key) > MAX_LENGTH:
        raise ApiError(
            400,
            "idempotency_error",
            f"Idempotency keys can have up to {MAX_LENGTH} characters.",
            stored=False,
        )


def fingerprint(method: str, path: str, body: str) -> bytes:
    """What makes two requests the same."""
    return hashlib.blake2b(f"{method} {path}\n{body}".encode(), digest_size=16).digest()


def recall(unit: Unit, account: str, key: str, print_: bytes, now: int) -> Stored | None:
    """The answer kept under this key; 400 when it belonged to another request."""
    rows = unit.select(
        "SELECT fingerprint, status, body, request_id, created FROM idempotency"
        " WHERE account = ? AND key = ?",
        account,
        key,
    )
    if not rows or rows[0][4] <= now - KEEP:
        return None
    if rows[0][0] != print_:
        raise ApiError(
            400,
            "idempotency_error",
            f"The idempotency key {key} was used before with other parameters or another"
            " endpoint. Use it only to repeat the same request.",
            stored=False,
        )
    return Stored(rows[0][1], rows[0][2], rows[0][3])


def remember(unit: Unit, account: str, key: str, print_: bytes, now: int, answer: Stored) -> None:
    """Keep the answer, committed with whatever else the unit holds."""
    unit.execute(
        "INSERT OR REPLACE INTO idempotency VALUES (?, ?, ?, ?, ?, ?, ?)",
        account,
        key,
        print_,
        answer.status,
        answer.body,
        answer.request_id,
        now,
    )
