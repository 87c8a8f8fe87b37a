"""`./manage.py check_books`."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.core.clock import system_time
from apps.core.errors import ResourceNotFound
from apps.core.origin import Door, system_origin
from apps.invariants.operations import run_checks
from apps.invariants.registry import Area, registered_checks
from apps.invariants.selectors import Result, results


class Command(BaseCommand):
    """Runs the checks: one line each, and exit code 1 when one is broken."""

    help = "Check that what must always hold does: the books, and the rows beside them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which checks, and how to tell."""
        parser.add_argument("names", nargs="*", help="Only these checks.")
        parser.add_argument("--area", choices=[one.value for one in Area], help="Only one area.")
        parser.add_argument("--json", action="store_true", help="An array of objects.")
        parser.add_argument("--examples", action="store_true", help="Print counterexamples, too.")
        parser.add_argument("--keep", action="store_true", help="Show the runs in the backoffice.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print each outcome."""
        names = [
            name
            for name, check in registered_checks().items()
            if (not options["names"] or name in options["names"])
            and options["area"] in (None, check.area)
        ]
        unknown = set(options["names"]) - set(registered_checks())
        if unknown:
            raise CommandError(f"There is no check {min(unknown)!r}.", returncode=2)
        done = []
        for result in self._run(names, options["keep"]):
            done.append(result)
            if not options["json"]:
                self._tell(result, with_examples=options["examples"])
        if options["json"]:
            self.stdout.write(json.dumps([_as_json(one) for one in done], indent=2))
        broken = sum(1 for one in done if one.outcome != "ok")
        if broken:
            raise CommandError(f"{broken} of {len(done)} checks do not hold.")

    def _run(self, names: list[str], is_kept: bool) -> Any:
        if is_kept:
            try:
                return run_checks(names=names, origin=system_origin(Door.COMMAND))
            except ResourceNotFound as error:
                raise CommandError(error.message) from None
        known = registered_checks()
        return results([known[name] for name in names], at=system_time())

    def _tell(self, result: Result, *, with_examples: bool) -> None:
        style = self.style.SUCCESS if result.outcome == "ok" else self.style.ERROR
        word = style(f"{result.outcome.value:<6}")
        self.stdout.write(
            f"{result.check.name:<48} {word} {result.findings.count:>8} {result.duration_ms:>7} ms"
        )
        if result.error:
            self.stdout.write(f"    {result.error}")
        for one in result.findings.examples if with_examples else ():
            self.stdout.write(f"    {one.key}: {one.detail}")


def _as_json(result: Result) -> dict[str, Any]:
    return {
        "name": result.check.name,
        "title": result.check.title,
        "area": result.check.area,
        "outcome": result.outcome,
        "count": result.findings.count,
        "duration_ms": result.duration_ms,
        "error": result.error,
        "counterexamples": [
            {"key": one.key, "detail": one.detail} for one in result.findings.examples
        ],
    }
