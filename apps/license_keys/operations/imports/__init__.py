"""Taking keys over from a file: received, checked, agreed to, applied as a whole."""

from apps.license_keys.operations.imports.applying import run_import
from apps.license_keys.operations.imports.checking import check_import
from apps.license_keys.operations.imports.progress import progress_of
from apps.license_keys.operations.imports.receiving import (
    apply_import,
    discard_import,
    plan_import,
    receive_import,
    recheck_import,
)

__all__ = [
    "apply_import",
    "check_import",
    "discard_import",
    "plan_import",
    "progress_of",
    "receive_import",
    "recheck_import",
    "run_import",
]
