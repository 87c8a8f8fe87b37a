"""The closing lines of a run: how many scenarios hold."""

from collections import Counter

import pytest

_MARK = "tests/cases/test_cases.py::"


def write_counts(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many scenarios of each area hold; nothing where none was run."""
    counts: Counter[str] = Counter()
    by_area: dict[str, Counter[str]] = {}
    for outcome in ("passed", "failed", "error", "xfailed", "xpassed"):
        for report in terminalreporter.stats.get(outcome, []):
            # A case passes once, but an error may come from its set-up or tear-down.
            if _MARK not in report.nodeid:
                continue
            kind = _kind(outcome, getattr(report, "wasxfail", ""))
            area = report.nodeid.split("[", 1)[-1].split("::", 1)[0]
            counts[kind] += 1
            by_area.setdefault(area, Counter())[kind] += 1
    if not counts:
        return
    terminalreporter.section("scenario tables")
    for area, found in sorted(by_area.items()):
        terminalreporter.line(f"{area:<22} {_line(found)}")
    terminalreporter.line(f"cases: {_line(counts)}")


def _kind(outcome: str, reason: str) -> str:
    if outcome == "xfailed":
        return "deviations" if "deviation" in reason else "not yet"
    return "passed" if outcome == "passed" else "failed"


def _line(counts: "Counter[str]") -> str:
    kinds = ("passed", "failed", "not yet", "deviations")
    return ", ".join(f"{counts[kind]} {kind}" for kind in kinds)
