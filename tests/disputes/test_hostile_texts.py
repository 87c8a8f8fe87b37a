"""Texts that are meant to break a dossier, or whoever reads it."""

from __future__ import annotations

from io import BytesIO

import pytest
from pypdf import PdfReader

from apps.core.errors import ValidationFailed
from apps.disputes.dossier.document import dossier_pdf
from apps.disputes.models import Dispute, DisputeNote, Dossier
from apps.disputes.operations import add_note
from apps.disputes.operations.editing import edit_dossier
from apps.disputes.operations.gathering import gather_dossier
from apps.disputes.operations.submitting import submit_evidence
from tests.support.disputing import disputed
from tests.support.refunding import asked, customer_of, paid_order
from tests.support.stripesim import stripesim
from tests.support.tills import Till, till

__all__ = ["stripesim", "till"]
# Turned about, without a shape, beyond every font, not composed, of another script, and markup.
HOSTILE = (
    "\u202egnp.exe\u2066 \u200b\ufeff \U0001f469\u200d\U0001f469\u200d\U0001f467 \U000e0041 e"
    + "\u0301" * 200
    + " \u0634\u0643\u0631\u0627 <script>alert(1)</script> %PDF-1.7 (\\) \x07 \x1b[31m"
)


@pytest.fixture
def dispute(till: Till) -> Dispute:
    order = paid_order(till)
    customer = customer_of(order)
    customer.name = HOSTILE[:200]
    customer.save(update_fields=["name"])
    dispute = disputed(till, order)
    gather_dossier(dispute_id=dispute.pk, origin=asked())
    return dispute


def edit(dispute: Dispute, text: str) -> Dossier:
    seen = Dossier.objects.get(dispute=dispute).texts.get("uncategorized_text", "")
    return edit_dossier(
        dispute_id=dispute.pk, field="uncategorized_text", text=text, seen=seen, origin=asked()
    )


def test_are_set_and_sent_as_they_are(till: Till, dispute: Dispute) -> None:
    for text in (HOSTILE, "x" * 20_000, "\n" * 20_000, "\u0634" + "-" * 5000, HOSTILE * 60):
        dossier = edit(dispute, text)
        document = PdfReader(BytesIO(dossier_pdf(dispute, dossier, [])))
        assert 1 <= len(document.pages) <= 500
    edit(dispute, HOSTILE)
    submit_evidence(dispute_id=dispute.pk, origin=asked())
    there = till.sim.client().v1.disputes.retrieve(str(dispute.processor_id)).to_dict()
    assert there["evidence"]["uncategorized_text"] == HOSTILE
    assert there["status"] == "under_review"


def test_that_no_database_keeps_are_refused(dispute: Dispute) -> None:
    with pytest.raises(ValidationFailed):
        edit(dispute, "a\x00b")
    with pytest.raises(ValidationFailed):
        add_note(dispute_id=dispute.pk, text="a\x00b", origin=asked())
    assert not DisputeNote.objects.exists()
