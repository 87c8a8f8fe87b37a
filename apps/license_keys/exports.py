"""Keys as rows of a file that an import understands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import F, QuerySet, Value
from django.db.models.functions import Coalesce

from apps.license_keys.models import ImportProblem, LicenseKey, LicenseKeyImport
from apps.license_keys.selectors import living_activations
from apps.license_keys.transfer.columns import COLUMNS

CHUNK = 2000
PROBLEM_COLUMNS = ("row", "column", "kind", "problem")
OUTCOME_COLUMNS = ("key", "email", "benefit", "status", "license_key_id")
__all__ = ["COLUMNS", "exported_rows", "report_of"]


def exported_rows(keys: QuerySet[LicenseKey]) -> Iterator[Sequence[Any]]:
    """A row in the order of `COLUMNS` for each key, a few thousand read at a time."""
    rows = keys.select_related("customer", "benefit", "grant").prefetch_related(
        living_activations()
    )
    for key in rows.order_by("created_at", "id").iterator(chunk_size=CHUNK):
        yield (
            key.key,
            key.customer.email,
            key.customer.name,
            "",
            str(key.benefit_id),
            str(key.grant.order_id or "") if key.grant else "",
            key.created_at,
            key.status,
            key.limit_activations,
            key.limit_usage,
            key.usage,
            key.expires_at,
            ";".join(one.label for one in key.living_activations),  # type: ignore[attr-defined]
        )


def report_of(source: LicenseKeyImport) -> tuple[Sequence[str], Iterator[Sequence[Any]]]:
    """What is wrong with a file, row by row; once it is applied, what was made of it."""
    if source.status != LicenseKeyImport.Status.APPLIED:
        problems = ImportProblem.objects.filter(source=source).order_by("number", "column")
        rows = problems.values_list("number", "column", "kind", "message")
        return PROBLEM_COLUMNS, rows.iterator(chunk_size=CHUNK)
    made = LicenseKey.objects.filter(imported_by=source).order_by("created_at", "id")
    outcome = made.values_list(
        "key",
        Coalesce(F("customer__email"), Value("")),
        "benefit__description",
        "status",
        "id",
    )
    return OUTCOME_COLUMNS, outcome.iterator(chunk_size=CHUNK)
