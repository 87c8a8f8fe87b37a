"""Comparing, and what people do about what does not agree."""

from apps.reconciliation.operations.fees import classify_fee, plan_classify_fee
from apps.reconciliation.operations.judging import GRACE, judge_lines
from apps.reconciliation.operations.running import (
    begin_run,
    finish_run,
    is_caught_up,
    keep_lines,
    reconcile,
    take_page,
)

__all__ = [
    "GRACE",
    "begin_run",
    "classify_fee",
    "finish_run",
    "is_caught_up",
    "judge_lines",
    "keep_lines",
    "plan_classify_fee",
    "reconcile",
    "take_page",
]
