"""The text that Prometheus reads: the numbers of all processes, and the gauges as of now."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import redis
import structlog
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import transaction
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.multiprocess import MultiProcessCollector

from apps.core.metrics import PREFIX, Gauge, registered_gauges

log = structlog.get_logger(__name__)

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST
# The process that has never been: its file holds what the dead have counted.
_DEAD: Final = 0


def exposition(at: datetime) -> bytes:
    """Everything there is, as of `at`; a gauge that cannot be read is left out and counted."""
    registry = CollectorRegistry()
    _bury(Path(settings.METRICS_DIR))
    collector: Any = MultiProcessCollector
    collector(registry, settings.METRICS_DIR)
    registry.register(_Gauges(at))
    return generate_latest(registry)


class _Gauges:
    """The gauges, for a registry."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def collect(self) -> Iterator[Any]:
        """Each of them, and how many could not be read."""
        failed = 0
        for gauge in registered_gauges():
            try:
                yield self._family(gauge)
            except (DatabaseError, redis.RedisError, OSError) as error:
                failed += 1
                log.warning("gauge_not_read", gauge=gauge.name, error=type(error).__name__)
        name = f"{PREFIX}gauges_failed"
        yield GaugeMetricFamily(name, "Gauges that could not be read.", failed)

    def describe(self) -> list[Any]:
        """Nothing, so that the registry does not ask for all of it twice."""
        return []

    def _family(self, gauge: Gauge) -> Any:
        family = GaugeMetricFamily(gauge.name, gauge.text, labels=gauge.labels)
        with transaction.atomic():
            for values, number in gauge.read(self._at):
                family.add_metric(values, number)
        return family


def _bury(folder: Path) -> None:
    """Add what processes have counted that are gone to one file, or the files would never end."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        for path in folder.glob("*.db"):
            kind, _, pid = path.stem.rpartition("_")
            if pid.isdigit() and int(pid) != _DEAD and not _is_alive(int(pid)):
                _add(path, folder / f"{kind}_{_DEAD}.db")


def _add(path: Path, grave: Path) -> None:
    dictionary: Any = MmapedDict
    kept = dictionary(str(grave))
    try:
        for key, value, _, _ in dictionary.read_all_values_from_file(str(path)):
            kept.write_value(key, kept.read_value(key)[0] + value, 0.0)
    finally:
        kept.close()
    with suppress(FileNotFoundError):
        path.unlink()


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
