"""A process that dies while evidence is submitted: see `tests.support.crashes`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Final
from uuid import UUID

from tests.support.crashes import EXIT_CODE, ROOT, _die_at
from tests.support.workers import database_url

_STEP: Final = "apps.disputes.operations.submitting"
_GATEWAY: Final = "apps.processors.gateway.disputes"
POINTS: Final = {
    "before the intention commits": (f"{_STEP}:record", "before"),
    "after the intention commits": (f"{_STEP}:_begin", "after"),
    "before a file is uploaded": (f"{_GATEWAY}:upload_file", "before"),
    "after a file is uploaded": (f"{_GATEWAY}:upload_file", "after"),
    "after its id is kept": (f"{_STEP}:_upload", "after"),
    "before the evidence is sent": (f"{_GATEWAY}:update_dispute", "before"),
    "after the evidence is sent": (f"{_GATEWAY}:update_dispute", "after"),
    "before the answer is read": (f"{_STEP}:take_dispute", "before"),
    "before the answer commits": (f"{_STEP}:lock_dossier", "after"),
    "after the answer commits": (f"{_STEP}:_finish", "after"),
}


def run(point: str, stripe_url: str, dispute_id: UUID) -> int:
    """Submit the evidence in a process that dies at `point`; its exit code."""
    bases = ("API", "FILES", "CONNECT", "METER_EVENTS")
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        **{f"STRIPE_{base}_BASE": stripe_url for base in bases},
        "STRIPE_MAX_RETRIES": "0",
    }
    facts = json.dumps([point, str(dispute_id)])
    command = [sys.executable, "-m", "tests.support.evidence_crashes", facts]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=90)
    if done.returncode not in (0, EXIT_CODE):
        raise AssertionError(done.stderr.decode()[-3000:])
    return done.returncode


def main() -> None:
    """The process itself."""
    import django

    django.setup()
    from apps.core.origin import Door, system_origin
    from apps.disputes.operations.submitting import submit_evidence

    point, dispute_id = json.loads(sys.argv[1])
    _die_at(*POINTS[point])
    submit_evidence(dispute_id=UUID(dispute_id), origin=system_origin(Door.BACKOFFICE))


if __name__ == "__main__":
    main()
