"""Every row of a file is read, understood and compared with what is there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final, TypeVar
from uuid import UUID

from django.db import connection, transaction

from apps.core.origin import Origin
from apps.events.operations import record
from apps.license_keys.locks import lock_import
from apps.license_keys.models import ImportProblem, ImportRow, LicenseKeyImport
from apps.license_keys.operations.imports.matching import Matcher
from apps.license_keys.operations.imports.progress import note_progress
from apps.license_keys.transfer.columns import Cells
from apps.license_keys.transfer.reading import Table, Unreadable

BATCH: Final = 1000
# How many problems are kept with their words; all are counted.
KEPT_PROBLEMS: Final = 10_000

Item = TypeVar("Item")

# The later row of two with the same key is the one to be changed.
_REPEATED = """
INSERT INTO license_keys_importproblem (source_id, number, "column", kind, message)
SELECT source_id, number, 'key', 'repeated', 'Row ' || first || ' has the same key.'
FROM (
    SELECT source_id, number, min(number) OVER (PARTITION BY key) AS first
    FROM license_keys_importrow WHERE source_id = %s
) AS rows WHERE number > first
"""
# A key that is there just as the file says is known; with another buyer or benefit it is taken.
_KNOWN = """
UPDATE license_keys_importrow AS r SET is_known = true
FROM license_keys_licensekey AS k
JOIN customers_customer AS c ON c.id = k.customer_id
WHERE r.source_id = %s AND k.organization_id = %s AND k.key = r.key
  AND k.benefit_id = r.benefit_id AND lower(c.email) = lower(r.email)
"""
_TAKEN = """
INSERT INTO license_keys_importproblem (source_id, number, "column", kind, message)
SELECT r.source_id, r.number, 'key',
    CASE WHEN k.benefit_id = r.benefit_id THEN 'taken' ELSE 'other_benefit' END,
    CASE WHEN k.benefit_id = r.benefit_id THEN 'Another customer has this key.'
        ELSE 'This key belongs to the benefit ' || b.description || '.' END
FROM license_keys_importrow AS r
JOIN license_keys_licensekey AS k ON k.organization_id = %s AND k.key = r.key
JOIN benefits_benefit AS b ON b.id = k.benefit_id
WHERE r.source_id = %s AND NOT r.is_known
"""
_NEW_CUSTOMERS = """
SELECT count(DISTINCT lower(r.email)) FROM license_keys_importrow AS r
WHERE r.source_id = %s AND NOT r.is_known AND NOT EXISTS (
    SELECT 1 FROM customers_customer AS c
    WHERE c.organization_id = %s AND lower(c.email) = lower(r.email) AND c.deleted_at IS NULL
)
"""


@transaction.atomic
def check_import(*, import_id: UUID, origin: Origin) -> LicenseKeyImport:
    """
    Read a file that is to be checked and keep what is wrong by row and column.

    One that is not to be checked (any more) is left alone. Records `license_key_import.checked` or
    `.refused`.
    """
    row = lock_import(import_id)
    if row.status != LicenseKeyImport.Status.CHECKING:
        return row
    row.rows.all().delete()
    row.problems.all().delete()
    tally = _Tally(row)
    try:
        with row.content.open("rb") as content:
            table = Table(row.name, content)
            row.unknown_columns = table.unknown
            for batch in batches(table.rows(), BATCH):
                tally.take(batch)
    except Unreadable as error:
        tally.refuse(1, {"": str(error)})
    compare(row)
    row.row_count = tally.row_count
    row.checked_at = origin.at
    settle(row, tally.unkept, origin)
    return row


def compare(row: LicenseKeyImport) -> None:
    """Find the keys of a file that repeat, are known, or are somebody else's."""
    with connection.cursor() as cursor:
        cursor.execute(_REPEATED, [row.pk])
        cursor.execute(_KNOWN, [row.pk, row.organization_id])
        cursor.execute(_TAKEN, [row.organization_id, row.pk])


def settle(row: LicenseKeyImport, unkept: int, origin: Origin) -> None:
    """Write down how the check went; `unkept` problems are counted and not kept."""
    with connection.cursor() as cursor:
        cursor.execute(_NEW_CUSTOMERS, [row.pk, row.organization_id])
        row.customer_count = cursor.fetchone()[0]
    row.known_count = row.rows.filter(is_known=True).count()
    row.problem_count = row.problems.count() + unkept
    status = LicenseKeyImport.Status
    row.status = status.REFUSED if row.problem_count else status.CHECKED
    row.modified_at = origin.at
    row.save()
    record(
        f"license_key_import.{row.status}",
        subject=row,
        organization_id=row.organization_id,
        origin=origin,
        payload={"row_count": row.row_count, "problem_count": row.problem_count},
    )


class _Tally:
    """Puts rows away as they come, and counts."""

    def __init__(self, row: LicenseKeyImport) -> None:
        self._row = row
        self._matcher = Matcher(row.organization_id)
        self.row_count = 0
        self._kept = 0
        self.unkept = 0

    def take(self, batch: list[Cells]) -> None:
        """Put a batch of rows away."""
        made = []
        for cells in batch:
            product, benefit = self._matcher.match(cells)
            if cells.wrong or benefit is None:
                self.refuse(cells.number, cells.wrong)
            else:
                made.append(_staged(self._row, cells, product, benefit))
        ImportRow.objects.bulk_create(made)
        self.row_count += len(batch)
        note_progress(self._row.pk, self.row_count)

    def refuse(self, number: int, wrong: dict[str, str]) -> None:
        """Keep what is wrong with a row."""
        if self._kept >= KEPT_PROBLEMS:
            self.unkept += len(wrong)
            return
        self._kept += len(wrong)
        ImportProblem.objects.bulk_create(
            ImportProblem(
                source=self._row,
                number=number,
                column=column,
                kind=ImportProblem.Kind.CELL,
                message=message[:500],
            )
            for column, message in wrong.items()
        )


def _staged(
    row: LicenseKeyImport, cells: Cells, product_id: UUID | None, benefit_id: UUID
) -> ImportRow:
    values = cells.values
    return ImportRow(
        source=row,
        number=cells.number,
        key=values["key"],
        email=values["email"],
        name=values["name"],
        product_id=product_id,
        benefit_id=benefit_id,
        order_number=values["order"],
        order_at=values["order_date"],
        status=values["status"],
        limit_activations=values["limit_activations"],
        limit_usage=values["limit_usage"],
        usage=values["usage"] or 0,
        expires_at=values["expires_at"],
        devices=values["activations"],
    )


def batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """So many at a time."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
