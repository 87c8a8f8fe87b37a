"""What the process holds beside its database: built once, at the first use."""

import threading
from collections import deque
from typing import Any

from . import settings
from .clock import Clock
from .faults import Faults
from .store import Store

PLATFORM = "acct_1Sandbox0Platform"  # every secret key belongs to this one account

DEFAULTS: dict[str, Any] = {
    "capture_delay": 0,  # seconds from a charge to its balance transaction
    "dispute_delay": 10,  # seconds until a charge that will be disputed is
    "dispute_fee": 1500,  # US cents; 0 makes a dispute look like one resolved in advance
    "refund_delay": 60,  # seconds until a pending refund succeeds or a failing one fails
    "retry_delays": [2, 10, 60],  # seconds of real time between delivery attempts
    "verification_delay": 5,  # seconds from an account's answers to what is made of them
    "payout_delay": 10,  # seconds from a payout's creation until it is under way
    "connect_fees": False,  # whether Stripe bills the platform for paying others
    "rates": {},  # US dollars per whole unit of a currency, before the table's
    "settlement_currencies": ["usd"],  # currencies that the platform's balance holds unconverted
    "refunds_need_balance": True,  # refunds above the balance wait as insufficient_funds
}


class Runtime:
    """The one set of parts of this process."""

    def __init__(self) -> None:
        from .delivery import Deliveries
        from .scheduler import Scheduler

        self.store = Store(settings.STRIPESIM_DATABASE)
        self.clock = Clock(self.store)
        self.faults = Faults()
        # What was asked to be written, the latest last: method, path and answered status.
        self.requests: deque[dict[str, Any]] = deque(maxlen=1000)
        self.config: dict[str, Any] = DEFAULTS | self.store.get_setting("config", {})
        self.deliveries = Deliveries(self)
        self.scheduler = Scheduler(self)

    def configure(self, changes: dict[str, Any]) -> None:
        """Change settings; they survive a restart."""
        self.config.update(changes)
        self.store.set_setting("config", self.config)

    def reset(self) -> None:
        """Wipe everything: objects, clock, faults, settings."""
        with self.store.lock:
            self.store.wipe()
            self.clock.reset()
            self.faults.clear()
            self.requests.clear()
            self.config = dict(DEFAULTS)
            self.deliveries.reset()


_lock = threading.Lock()
_runtime: Runtime | None = None


def runtime() -> Runtime:
    """The process's one runtime; the first call opens the database and starts the threads."""
    global _runtime
    if _runtime is None:
        with _lock:
            if _runtime is None:
                built = Runtime()
                built.deliveries.start()
                built.scheduler.start()
                _runtime = built
    return _runtime
