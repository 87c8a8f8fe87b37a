"""How late a replica may be, told without trusting what it says about itself."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from threading import Lock


class Horizon:
    """
    The position that a replica must have reached to be at most `lag` seconds late.

    A replica that has lost its primary believes it is up to date, and one whose primary idles
    that it is late. So the primary is asked, once a second at most, how far it is, and what it
    said `lag` seconds ago is the mark. While there is no answer as old as that, a younger one
    is: stricter, never looser.
    """

    def __init__(self, lag: float) -> None:
        self._lag = lag
        self._every = min(1.0, lag / 2)
        self._samples: deque[tuple[float, int]] = deque()
        self._lock = Lock()

    def demanded(self, now: float, ask_primary: Callable[[], int]) -> int:
        """The mark at `now` (seconds of a monotonic clock)."""
        with self._lock:
            if not self._samples or now - self._samples[-1][0] >= self._every:
                self._samples.append((now, ask_primary()))
            while len(self._samples) > 1 and now - self._samples[1][0] >= self._lag:
                self._samples.popleft()
            if len(self._samples) > 1 and now - self._samples[0][0] > 2 * self._lag:
                # Nobody asked for a while; the mark of then says nothing about now.
                self._samples.popleft()
            return self._samples[0][1]
