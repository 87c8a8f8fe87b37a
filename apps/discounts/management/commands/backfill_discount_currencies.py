"""`./manage.py backfill_discount_currencies --organization SLUG [--apply]`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.core.money import format_amount
from apps.core.origin import Door, system_origin
from apps.core.plans import counted
from apps.discounts.backfill import MissingAmount, missing_amounts
from apps.discounts.operations import backfill_discount_currencies
from apps.organizations.models import Organization
from config import services

_HEADERS = ("Discount", "Code", "From", "Rate", "Currency", "Amount")


class Command(BaseCommand):
    """Shows the amounts that fixed discounts lack; adds them with --apply."""

    help = "Derive missing currencies of fixed discounts from the stored exchange rates."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose discounts, and whether to change them."""
        parser.add_argument("--organization", required=True, help="The organization's slug.")
        parser.add_argument("--apply", action="store_true", help="Add what is shown.")

    def handle(self, *args: Any, organization: str, apply: bool, **options: Any) -> None:
        """A table of what would be added, then what was done."""
        with services.running():
            self._run(organization, apply)

    def _run(self, slug: str, is_applied: bool) -> None:
        found = Organization.objects.filter(slug=slug, deleted_at=None).first()
        if found is None:
            raise CommandError(f"There is no organization {slug!r}.")
        origin = system_origin(Door.COMMAND, clock_offset=found.clock_offset)
        missing = missing_amounts(found, origin.at)
        if not missing:
            self.stdout.write("No fixed discount lacks a currency.")
            return
        for line in _table([_HEADERS, *(_cells(one) for one in missing)]):
            self.stdout.write(line)
        known = sum(one.amount is not None for one in missing)
        if known < len(missing):
            self.stdout.write("Rates come with ./manage.py update_rates.")
        if is_applied:
            count = backfill_discount_currencies(organization=found, origin=origin)
            self.stdout.write(f"{counted(count, 'amount')} added.")
        else:
            self.stdout.write(f"{counted(known, 'amount')} to add: run it again with --apply.")


def _cells(one: MissingAmount) -> tuple[str, ...]:
    return (
        one.discount.name,
        one.discount.code or "",
        format_amount(one.source_amount, one.source),
        "no rate" if one.rate is None else f"{one.rate.normalize():.6g}",
        one.currency.upper(),
        "" if one.amount is None else format_amount(one.amount, one.currency),
    )


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[index]) for row in rows) for index in range(len(rows[0]))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
