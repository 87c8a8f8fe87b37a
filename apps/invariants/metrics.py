"""What is told of the checks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from apps.core.metrics import Sample, register_gauge
from apps.invariants.models import CheckRun
from apps.invariants.selectors import check_states


def register() -> None:
    """Called once, when the app is ready."""
    labels = ["check", "area"]
    register_gauge("invariant_violations", "What the last run found.", _violations, labels)
    register_gauge("invariant_failed", "Whether the last run broke off.", _failed, labels)
    register_gauge("invariant_age_seconds", "Since the last run.", _age, labels)


def _violations(at: datetime) -> Iterable[Sample]:
    for one in check_states():
        if one.run is not None:
            yield (one.check.name, one.check.area), one.run.count


def _failed(at: datetime) -> Iterable[Sample]:
    for one in check_states():
        if one.run is not None:
            failed = one.run.outcome == CheckRun.Outcome.FAILED
            yield (one.check.name, one.check.area), float(failed)


def _age(at: datetime) -> Iterable[Sample]:
    for one in check_states():
        if one.run is not None:
            age = (at - one.run.started_at).total_seconds()
            yield (one.check.name, one.check.area), max(age, 0)
