"""`docs/operations.md` names every variable, check, area and alarm, and none that is gone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from apps.core.health import registered_health_checks
from apps.core.jobs import QUEUES
from apps.core.metrics import PREFIX, registered_gauges
from apps.invariants.registry import Area
from tests.architecture.sources import ROOT

PAGE = (ROOT / "docs" / "operations.md").read_text()
ALERTS = (ROOT / "docs" / "alerts.yml").read_text()
# How variables are read, in settings, in what runs before them, and in Procfile.
READ = re.compile(
    r"""(?:env\.[a-z]+|required|sandbox_secret|environ\.get|getenv)\(\s*["']([A-Z0-9_]+)["']"""
)
IN_PROCFILE = re.compile(r"\$\{([A-Z_]+)")
# Of Python, Django, the machine and the suite.
FOREIGN = {
    "DJANGO_SETTINGS_MODULE",
    "LC_ALL",
    "PATH",
    "PYTEST_XDIST_WORKER",
    "PYTHONWARNINGS",
    "TEST_DB_NAME",
}


def sources() -> Iterator[Path]:
    yield from (ROOT / "config").rglob("*.py")
    yield from (ROOT / "apps").rglob("*.py")


def headings(section: str) -> set[str]:
    """What stands under `## section`."""
    part = PAGE.split(f"\n## {section}\n")[1].split("\n## ")[0]
    return set(re.findall(r"^### (.+)$", part, re.MULTILINE))


def test_every_variable_is_in_the_table_and_none_that_is_gone() -> None:
    read = {name for path in sources() for name in READ.findall(path.read_text())}
    read |= set(IN_PROCFILE.findall((ROOT / "Procfile").read_text()))
    table = PAGE.split("\n## Environment\n")[1].split("\n## ")[0]
    told = {
        name
        for line in table.splitlines()
        if line.startswith("| `")
        for name in re.findall(r"`([A-Z0-9_]{4,})`", line.split("|")[1])
    }
    assert told == read - FOREIGN


def test_every_health_check_has_its_heading() -> None:
    assert headings("Runbook: health checks") == set(registered_health_checks())


def test_every_area_of_invariants_has_its_heading() -> None:
    assert headings("Runbook: invariants") == {f"Area: {area}" for area in Area}


def test_every_alarm_has_its_heading() -> None:
    alarms = set(re.findall(r"- alert: (\w+)", ALERTS))
    assert headings("Runbook: alarms") == alarms


def test_alarms_ask_for_metrics_that_exist() -> None:
    code = "\n".join(path.read_text() for path in sources())
    counted = {
        f"{PREFIX}{name}" for name in re.findall(r"(?:Counter|Histogram)\(\s*\"(\w+)\"", code)
    }
    known = counted | {gauge.name for gauge in registered_gauges()}
    asked = set(re.findall(rf"{PREFIX}\w+", ALERTS))
    assert {name.removesuffix("_bucket") for name in asked} <= known
    assert counted >= set(re.findall(rf"{PREFIX}\w+_total", PAGE))


def test_every_queue_has_a_process() -> None:
    procfile = (ROOT / "Procfile").read_text()
    served = {
        queue for queues in re.findall(r"--queues (\S+)", procfile) for queue in queues.split(",")
    }
    assert served == set(QUEUES)
