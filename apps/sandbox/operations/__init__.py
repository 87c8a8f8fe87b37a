"""Moving the test clock of a sandbox organization."""

from apps.sandbox.operations.running import resume_clock_runs, run_clock
from apps.sandbox.operations.starting import MAX_SPAN, start_clock_run

__all__ = ["MAX_SPAN", "resume_clock_runs", "run_clock", "start_clock_run"]
