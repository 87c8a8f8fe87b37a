"""What submitting the evidence would do, and why it cannot be done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from apps.core import pdf
from apps.core.origin import Origin
from apps.core.plans import Call, Change, Plan, counted
from apps.disputes.dossier import words
from apps.disputes.dossier.document import EvidenceFile
from apps.disputes.dossier.fields import ALL_FILES_LIMIT, PAGES_LIMIT, TEXTS
from apps.disputes.models import Dispute, Dossier

_EVENTS: Final = (
    "dispute.evidence_submitting",
    "dispute.under_review",
    "dispute.evidence_submitted",
)
_EXPECTED: Final = ("product_description", "customer_name", "customer_email_address")


def planned_submission(
    dispute: Dispute, dossier: Dossier | None, files: Sequence[EvidenceFile], origin: Origin
) -> Plan:
    """The plan of sending these files and the dossier's texts to the bank."""
    obstacles = tuple(_obstacles(dispute, dossier, files, origin))
    if dossier is None or not files:
        return Plan(title="The evidence is submitted", obstacles=obstacles)
    document = files[0]
    pages = pdf.page_count(document.content)
    texts = counted(len(dossier.texts), "text")
    return Plan(
        title=f"The evidence against {dispute} is submitted",
        changes=(Change(str(dispute), dispute.status, Dispute.Status.UNDER_REVIEW),),
        effects=(
            f"The bank gets version {dossier.version}: {texts} and {counted(len(files), 'file')}.",
            f"The document has {counted(pages, 'page')} (SHA-256 {document.checksum[:16]}…).",
        ),
        calls=(
            *(Call(f"Upload {one.name}", "POST /v1/files") for one in files),
            Call("Submit the evidence", f"POST /v1/disputes/{dispute.processor_id}"),
        ),
        events=_EVENTS,
        warnings=tuple(_warnings(dispute, dossier, pages)),
        obstacles=obstacles,
    )


def _obstacles(
    dispute: Dispute, dossier: Dossier | None, files: Sequence[EvidenceFile], origin: Origin
) -> Iterator[str]:
    if dispute.status != Dispute.Status.NEEDS_RESPONSE or not dispute.processor_id:
        yield "This dispute needs no response."
    elif dispute.accept_asked_at is not None:
        yield "This dispute is being accepted."
    elif dispute.is_past_due or (dispute.evidence_due_at and dispute.evidence_due_at <= origin.at):
        yield f"The evidence was due by {words.moment(dispute.evidence_due_at)}."
    if dossier is None:
        yield "Nothing was gathered yet."
    elif dossier.is_being_submitted:
        yield "The evidence is being submitted."
    size = sum(len(one.content) for one in files)
    if size > ALL_FILES_LIMIT:
        yield f"All files together have {size / 1e6:.1f} MB; banks take 4.5 MB."


def _warnings(dispute: Dispute, dossier: Dossier, pages: int) -> Iterator[str]:
    yield "It cannot be taken back, and banks read evidence once."
    missing = [TEXTS[name].title for name in _EXPECTED if not dossier.texts.get(name)]
    if missing:
        yield f"Without: {', '.join(missing)}."
    if pages > PAGES_LIMIT:
        yield f"Banks read no more than {PAGES_LIMIT} pages."
