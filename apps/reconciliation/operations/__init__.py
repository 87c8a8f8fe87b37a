"""Comparing, and what people do about what does not agree."""

from apps.reconciliation.operations.deciding import (
    assign_discrepancy,
    explain_discrepancy,
    note_on_discrepancy,
    plan_explain_discrepancy,
)
from apps.reconciliation.operations.fees import classify_fee, plan_classify_fee
from apps.reconciliation.operations.judging import GRACE, judge_lines
from apps.reconciliation.operations.keeping import keep_lines
from apps.reconciliation.operations.repairing import (
    book_difference,
    link_entry,
    plan_book_difference,
    plan_link_entry,
    plan_repair,
    repair_discrepancy,
)
from apps.reconciliation.operations.running import (
    begin_run,
    finish_run,
    is_caught_up,
    reconcile,
    take_page,
)

__all__ = [
    "GRACE",
    "assign_discrepancy",
    "begin_run",
    "book_difference",
    "classify_fee",
    "explain_discrepancy",
    "finish_run",
    "is_caught_up",
    "judge_lines",
    "keep_lines",
    "link_entry",
    "note_on_discrepancy",
    "plan_book_difference",
    "plan_classify_fee",
    "plan_explain_discrepancy",
    "plan_link_entry",
    "plan_repair",
    "reconcile",
    "repair_discrepancy",
    "take_page",
]
