"""The list of checks: every app registers what must hold of its rows, in `AppConfig.ready()`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

from django.db import connection


class Area(StrEnum):
    """What a check looks at, and with it how bad it is when it is broken."""

    # The ledger and the rows that must agree with it: money is wrong, or cannot be trusted.
    BOOKS = "books"
    # Rows that must agree with one another.
    RECORDS = "records"
    # What should have happened by now.
    FLOW = "flow"


class Severity(StrEnum):
    """How soon somebody has to look."""

    CRITICAL = "critical"
    WARNING = "warning"


class Counterexample(NamedTuple):
    """A row that must not exist: its key, and what is wrong, in words without personal data."""

    key: str
    detail: str


@dataclass(frozen=True, slots=True)
class Findings:
    """How many counterexamples there are, and the first of them."""

    count: int
    examples: tuple[Counterexample, ...] = ()


Finder = Callable[[datetime, int], Findings]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """
    Something that always holds.

    `find(at, limit)` looks for what contradicts it as of `at`, the machine's time, and returns how
    many there are and at most `limit` of them; it writes nothing. `subject` is the model
    (`app.model`) that the keys belong to, empty where they are no keys of records. `repair` says
    what to do, and `repair_page` names the admin page to do it on, unless it is the subject's own.
    """

    name: str
    title: str
    find: Finder
    area: Area
    text: str = ""
    subject: str = ""
    repair: str = ""
    repair_page: str = ""

    @property
    def severity(self) -> Severity:
        """What is late is looked at when there is time; everything else at once."""
        return Severity.WARNING if self.area == Area.FLOW else Severity.CRITICAL


_checks: Final[dict[str, Check]] = {}
_AT: Final = re.compile(r"(?<!:):at\b")


def register_check(check: Check) -> None:
    """
    Have it run with the others, by beat, by `./manage.py check_books` and on the Invariants page.

    :raises ValueError: for a second check of the same name.
    """
    if check.name in _checks:
        raise ValueError(f"There are two checks {check.name!r}.")
    _checks[check.name] = check


def registered_checks() -> Mapping[str, Check]:
    """All checks by name, those of one app together."""
    return dict(sorted(_checks.items()))


def by_query(query: str) -> Finder:
    """
    A finder from one statement that selects what must not exist as pairs of key and detail.

    One statement sees one snapshot, whatever is sold meanwhile. `:at` in it is the time as of
    which it looks. However many rows it finds, only the sample leaves the database.
    """
    literal = _AT.sub("%(at)s", query.replace("%", "%%"))
    # What is found is counted while it is found, not read twice.
    statement = (
        "SELECT found.key::text, found.detail::text, count(*) OVER () "  # noqa: S608 -- our own
        f"FROM ({literal}) AS found (key, detail) LIMIT %(limit)s"
    )

    def find(at: datetime, limit: int) -> Findings:
        with connection.cursor() as cursor:
            cursor.execute(statement, {"at": at, "limit": limit})
            rows = cursor.fetchall()
        examples = tuple(Counterexample(key or "", detail or "") for key, detail, _ in rows)
        return Findings(rows[0][2] if rows else 0, examples)

    return find
