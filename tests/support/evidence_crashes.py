"""A process that dies while evidence is submitted: see `tests.support.crashes`."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from tests.support import mortals

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
    return mortals.run("evidence_crashes", stripe_url, point, str(dispute_id))


def work(point: str, dispute_id: str) -> None:
    """What the process does."""
    from apps.core.origin import Door, system_origin
    from apps.disputes.operations.submitting import submit_evidence

    mortals.die_at(*POINTS[point])
    submit_evidence(dispute_id=UUID(dispute_id), origin=system_origin(Door.BACKOFFICE))
