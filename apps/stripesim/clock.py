"""The sandbox's own time: the machine's, moved or stopped by the control API."""

import time

from .store import Store


class Clock:
    """Whole seconds since 1970. Survives a restart; never runs backwards unless set so."""

    def __init__(self, store: Store) -> None:
        self._store = store
        state = store.get_setting("clock", {"offset": 0, "frozen_at": None})
        self.offset: int = state["offset"]
        self.frozen_at: int | None = state["frozen_at"]

    def now(self) -> int:
        """The sandbox's time in whole seconds since 1970."""
        if self.frozen_at is not None:
            return self.frozen_at
        return int(time.time()) + self.offset

    def set(self, to: int, *, frozen: bool | None = None) -> None:
        """Make it `to`. `frozen` stops or starts the clock; None leaves that as it is."""
        stopped = self.frozen_at is not None if frozen is None else frozen
        self.offset = to - int(time.time())
        self.frozen_at = to if stopped else None
        self._store.set_setting("clock", {"offset": self.offset, "frozen_at": self.frozen_at})

    def reset(self) -> None:
        """Back to the machine's time."""
        self.offset, self.frozen_at = 0, None
