"""
Submit the evidence: written down, uploaded, sent to the bank, recorded.

The intention is committed before the processor is asked, and nothing can be edited from then on
until its answer is known. A process that dies in between, or whose answer is lost, leaves
`submit_asked_at`: `resume_submission` goes on from there under the same keys, so that every file
is there once and the bank gets the evidence once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.db import transaction

from apps.core.errors import ResourceNotFound
from apps.core.jobs import enqueue
from apps.core.origin import Origin
from apps.core.plans import Plan, PlanChanged
from apps.disputes.dossier.document import EvidenceFile, evidence_files
from apps.disputes.dossier.fields import DOCUMENT_SLOT
from apps.disputes.errors import EvidenceRefused, SubmissionInProgress
from apps.disputes.locks import lock_disputed, lock_dossier
from apps.disputes.models import Dispute, DisputeAttachment, Dossier
from apps.disputes.operations.recording import take_dispute
from apps.disputes.operations.submitting_plan import planned_submission
from apps.events.operations import record
from apps.processors.errors import OutcomeUnknown, PaymentError, ProcessorUnavailable
from apps.processors.gateway import disputes as gateway
from apps.processors.gateway.checks import read_evidence

PURPOSE: Final = "dispute_evidence"
# When to look after a lost answer, without waiting for the sweep.
RETRY_SECONDS: Final = 15


def plan_submit_evidence(*, dispute_id: UUID, origin: Origin) -> Plan:
    """What `submit_evidence` would do now; asks nobody."""
    dispute = Dispute.objects.select_related("organization", "payment").get(pk=dispute_id)
    dossier = Dossier.objects.filter(dispute=dispute).first()
    return planned_submission(dispute, dossier, _files(dispute, dossier), origin)


def submit_evidence(*, dispute_id: UUID, agreed: str | None = None, origin: Origin) -> Dossier:
    """
    Send the dossier to the bank, which cannot be taken back. Called outside a transaction.

    :raises PlanImpossible: if it needs no response, or not any more, or there is too much of it.
    :raises PlanChanged: if another plan was agreed to.
    :raises EvidenceRefused: if the processor will not take it; the dossier can be edited again.
    :raises ProcessorUnavailable: if that was not reached; nothing was submitted.
    :raises SubmissionInProgress: if the answer was lost; it is asked for again.
    """
    dispute = Dispute.objects.select_related("organization", "payment").get(pk=dispute_id)
    dossier = Dossier.objects.filter(dispute=dispute).first()
    files = _files(dispute, dossier)
    begun = _begin(dispute_id, dossier, files, agreed, origin)
    try:
        return _send(begun, files, origin)
    except ProcessorUnavailable:
        _give_up(begun, "", origin)
        raise
    except OutcomeUnknown as error:
        _look_again_soon(begun)
        raise SubmissionInProgress from error


def resume_submission(*, dispute_id: UUID, origin: Origin) -> None:
    """
    Bring a submission to its end whose answer is not known; any other is left alone.

    :raises ProcessorUnavailable, SubmissionInProgress: if it is still not known.
    """
    dossier = Dossier.objects.select_related("dispute__organization", "dispute__payment").get(
        dispute_id=dispute_id
    )
    if not dossier.is_being_submitted:
        return
    try:
        _send(dossier, _files(dossier.dispute, dossier), origin)
    except EvidenceRefused:
        # It has ended, and there is nobody here to tell.
        return
    except OutcomeUnknown as error:
        raise SubmissionInProgress from error


def _files(dispute: Dispute, dossier: Dossier | None) -> list[EvidenceFile]:
    if dossier is None:
        return []
    rows = DisputeAttachment.objects.filter(dispute=dispute).order_by("created_at", "pk")
    attachments = list(rows)
    if dossier.submit_asked_at is not None:
        attachments = [one for one in attachments if one.created_at <= dossier.submit_asked_at]
    return evidence_files(dispute, dossier, attachments)


@transaction.atomic
def _begin(
    dispute_id: UUID,
    seen: Dossier | None,
    files: Sequence[EvidenceFile],
    agreed: str | None,
    origin: Origin,
) -> Dossier:
    """The intention, before anybody is asked; its commit is what a crash leaves behind."""
    dispute, dossier = lock_disputed(dispute_id)
    if (seen and seen.version) != (dossier and dossier.version):
        raise PlanChanged(planned_submission(dispute, dossier, _files(dispute, dossier), origin))
    planned_submission(dispute, dossier, files, origin).require(agreed)
    if dossier is None:
        raise ResourceNotFound
    dossier.submit_asked_at = dossier.modified_at = origin.at
    dossier.processor_file_ids = {}
    dossier.pdf_checksum = files[0].checksum
    dossier.save()
    record(
        "dispute.evidence_submitting",
        subject=dispute,
        organization_id=dispute.organization_id,
        origin=origin,
        payload={"version": dossier.version, "checksum": dossier.pdf_checksum},
    )
    dossier.dispute = dispute
    return dossier


def _send(dossier: Dossier, files: Sequence[EvidenceFile], origin: Origin) -> Dossier:
    try:
        ids = _upload(dossier, files)
        gateway.update_dispute(
            key=_key(dossier, "submit"),
            dispute_id=str(dossier.dispute.processor_id),
            evidence={**dossier.texts, **ids},
            submit=True,
        )
    except PaymentError as error:
        if not _has_arrived(dossier):
            _give_up(dossier, error.detail, origin)
            raise EvidenceRefused(error.detail) from error
    return _finish(dossier, origin)


def _upload(dossier: Dossier, files: Sequence[EvidenceFile]) -> dict[str, str]:
    """The processor's ids of the files by their slots; one that is there is not sent again."""
    for file in files:
        if file.slot in dossier.processor_file_ids:
            continue
        made = gateway.upload_file(
            key=_key(dossier, f"{file.slot}:{file.checksum[:16]}"),
            purpose=PURPOSE,
            name=file.name,
            content=file.content,
        )
        dossier.processor_file_ids = {**dossier.processor_file_ids, file.slot: made}
        dossier.save(update_fields=["processor_file_ids"])
    ids: dict[str, str] = dossier.processor_file_ids
    return ids


def _has_arrived(dossier: Dossier) -> bool:
    """Whether the processor has this very document, although it says that it takes no more."""
    document = dossier.processor_file_ids.get(DOCUMENT_SLOT)
    processor_id = dossier.dispute.processor_id
    if document is None or processor_id is None:
        return False
    held = read_evidence(processor_id)
    return held.submission_count > 0 and held.texts.get(DOCUMENT_SLOT) == document


@transaction.atomic
def _finish(dossier: Dossier, origin: Origin) -> Dossier:
    dispute = dossier.dispute
    take_dispute(
        processor_id=str(dispute.processor_id),
        charge_id=dispute.payment.processor_id,
        origin=origin,
    )
    dispute, present = lock_dossier(dispute.pk)
    if not present.is_being_submitted:
        return present
    present.submitted_at = present.modified_at = origin.at
    present.submitted_version = present.version
    present.submit_asked_at = None
    present.save()
    record(
        "dispute.evidence_submitted",
        subject=dispute,
        organization_id=dispute.organization_id,
        origin=origin,
        payload={
            "version": present.version,
            "checksum": present.pdf_checksum,
            "files": present.processor_file_ids,
        },
    )
    return present


@transaction.atomic
def _give_up(dossier: Dossier, message: str, origin: Origin) -> None:
    """Nothing was submitted: the dossier can be edited again."""
    dispute, present = lock_dossier(dossier.dispute_id)
    if not present.is_being_submitted:
        return
    present.submit_asked_at = None
    present.modified_at = origin.at
    present.save()
    record(
        "dispute.evidence_refused",
        subject=dispute,
        organization_id=dispute.organization_id,
        origin=origin,
        payload={"version": present.version, "message": message},
    )


@transaction.atomic
def _look_again_soon(dossier: Dossier) -> None:
    enqueue(
        "disputes.resume_submission",
        queue="high",
        countdown=RETRY_SECONDS,
        dispute_id=str(dossier.dispute_id),
    )


def _key(dossier: Dossier, what: str) -> str:
    """A key of this try: another one may say something else."""
    asked_at = dossier.submit_asked_at
    tried = int(asked_at.timestamp() * 1000) if asked_at else 0
    return f"dispute_evidence:{dossier.pk}:{tried}:{what}"
