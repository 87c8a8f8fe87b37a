"""A sandbox Stripe for the scenarios that ask the processor."""

import atexit
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from django.test import override_settings

from tests.support.stripesim import StripeSim, launch, stop


@lru_cache(maxsize=1)
def _sandbox() -> StripeSim:
    """One sandbox Stripe for all scenarios that ask it."""
    sim, process = launch(Path(tempfile.mkdtemp(prefix="stripesim")))
    atexit.register(stop, process)
    return sim


@contextmanager
def processor() -> Iterator[StripeSim]:
    """Have the processor answered by a sandbox Stripe."""
    sim = _sandbox()
    bases = {f"STRIPE_{name}_BASE": sim.url for name in ("API", "FILES", "CONNECT", "METER_EVENTS")}
    with override_settings(**bases, STRIPE_SECRET_KEY=sim.secret_key, STRIPE_MAX_RETRIES=0):
        yield sim
