"""PostgreSQL and Valkey for the suite: those of the environment, else embedded ones of its own."""

from collections.abc import Callable
from contextlib import ExitStack

import pytest

from config import services

_open = pytest.StashKey[Callable[[], None]]()


def start(config: pytest.Config) -> None:
    """
    Start what is needed, once: workers of a parallel run use the controller's.

    The settings already name the sockets; nothing connects before the first test.
    """
    if hasattr(config, "workerinput"):
        return
    stack = ExitStack()
    stack.enter_context(services.running(durable=False))
    config.stash[_open] = stack.close


def stop(config: pytest.Config) -> None:
    """Stop what `start` started, unless another run still uses it."""
    close = config.stash.get(_open, None)
    if close is not None:
        del config.stash[_open]
        close()
