"""Moving the test clock of a sandbox organization."""

from apps.sandbox.operations.running import resume_clock_runs, run_clock
from apps.sandbox.operations.starting import MAX_SPAN, set_clock_back, start_clock_run

__all__ = ["MAX_SPAN", "resume_clock_runs", "run_clock", "set_clock_back", "start_clock_run"]
