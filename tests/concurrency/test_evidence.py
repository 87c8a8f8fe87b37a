"""Evidence whose submission is cut short: every file is there once, and the bank asked once."""

from __future__ import annotations

from typing import Any

import pytest

from apps.disputes.dossier.fields import DOCUMENT_SLOT
from apps.disputes.models import Dispute, Dossier
from apps.disputes.operations.gathering import gather_dossier
from apps.disputes.operations.submitting import resume_submission, submit_evidence
from apps.disputes.selectors import open_submission_ids
from tests.support.disputing import disputed, told
from tests.support.evidence_crashes import POINTS, run
from tests.support.mortals import EXIT_CODE
from tests.support.refunding import asked, paid_order
from tests.support.stripesim import stripesim
from tests.support.threads import together
from tests.support.tills import Till, till

__all__ = ["stripesim", "till"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def dispute(till: Till) -> Dispute:
    found = disputed(till, paid_order(till))
    gather_dossier(dispute_id=found.pk, origin=asked())
    return found


def held(till: Till, dispute: Dispute) -> tuple[dict[str, Any], list[Any]]:
    """What Stripe has: the dispute, and files of ours."""
    client = till.sim.client()
    files = client.v1.files.list({"limit": 100}).auto_paging_iter()
    ours = [one for one in files if str(dispute.processor_id) in one.filename]
    return client.v1.disputes.retrieve(str(dispute.processor_id)).to_dict(), ours


def require_submitted_once(till: Till, dispute: Dispute) -> None:
    there, files = held(till, dispute)
    dossier = Dossier.objects.get(dispute=dispute)
    assert there["evidence_details"]["submission_count"] == 1
    assert [one.id for one in files] == [there["evidence"][DOCUMENT_SLOT]]
    assert dossier.processor_file_ids == {DOCUMENT_SLOT: files[0].id}
    assert (dossier.submitted_version, dossier.submit_asked_at) == (dossier.version, None)
    dispute.refresh_from_db()
    assert (dispute.status, dispute.submission_count) == ("under_review", 1)
    assert (told("dispute.evidence_submitted"), told("dispute.under_review")) == (1, 1)


@pytest.mark.parametrize("point", POINTS)
def test_is_submitted_once_wherever_the_process_dies(
    till: Till, dispute: Dispute, point: str
) -> None:
    assert run(point, till.sim.url, dispute.pk) == EXIT_CODE
    till.settle()
    for dispute_id in open_submission_ids(at=asked(5).at, limit=9):
        resume_submission(dispute_id=dispute_id, origin=asked(5))
    if not Dossier.objects.get(dispute=dispute).submitted_at:
        # Nobody was asked: it is as if nobody had tried.
        submit_evidence(dispute_id=dispute.pk, origin=asked(6))
    till.settle()
    require_submitted_once(till, dispute)


def test_two_at_once_submit_once(till: Till, dispute: Dispute) -> None:
    outcomes = together(*[lambda: submit_evidence(dispute_id=dispute.pk, origin=asked())] * 2)
    till.settle()
    require_submitted_once(till, dispute)
    assert len(outcomes) == 2
