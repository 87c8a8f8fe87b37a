"""Have a dossier gathered, and kept as a version."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction

from apps.core.errors import ValidationFailed
from apps.core.origin import Actor, Origin
from apps.disputes.dossier.evidence import Evidence
from apps.disputes.dossier.gathering import gather
from apps.disputes.errors import DisputeClosed, SubmissionInProgress
from apps.disputes.locks import lock_disputed
from apps.disputes.models import Dispute, Dossier, DossierVersion
from apps.events.operations import record


def gather_dossier(*, dispute_id: UUID, origin: Origin) -> Dossier:
    """
    The dossier with what every source says now; what people wrote into its texts stays.

    Called outside a transaction: the charge is read at the processor.

    :raises ProcessorUnavailable: if that was not reached.
    :raises DisputeClosed: if nothing more can be said.
    :raises SubmissionInProgress: while the processor's answer is awaited.
    """
    return _keep(dispute_id, gather(dispute_id), origin)


@transaction.atomic
def _keep(dispute_id: UUID, evidence: Evidence, origin: Origin) -> Dossier:
    dispute, dossier = lock_disputed(dispute_id)
    require_editable(dispute, dossier)
    if dossier is None:
        dossier = Dossier(dispute=dispute, created_at=origin.at, version=0)
    gathered = dict(evidence.texts)
    dossier.texts = _merged(dossier, gathered)
    dossier.gathered_texts = gathered
    dossier.sections = [section.as_json() for section in evidence.sections]
    dossier.gathered_at = origin.at
    store_version(dispute, dossier, "Gathered", origin)
    record(
        "dispute.dossier_gathered",
        subject=dispute,
        organization_id=dispute.organization_id,
        origin=origin,
        payload={"version": dossier.version, "sections": len(dossier.sections)},
    )
    return dossier


def require_editable(dispute: Dispute, dossier: Dossier | None) -> None:
    """
    Pass if the dossier and what is attached may be changed.

    :raises DisputeClosed, SubmissionInProgress: if not.
    """
    if dispute.is_closed:
        raise DisputeClosed
    if dossier is not None and dossier.is_being_submitted:
        raise SubmissionInProgress


def require_keepable(text: str) -> None:
    """
    Pass if the database can keep what somebody wrote.

    :raises ValidationFailed: for a NUL in it.
    """
    if "\x00" in text:
        raise ValidationFailed.at("body", "text", msg="Null characters are not allowed.")


def store_version(dispute: Dispute, dossier: Dossier, summary: str, origin: Origin) -> None:
    """Save the dossier under the next number, and keep how it stands."""
    dossier.version += 1
    dossier.edited_by_id = staff_id(origin)
    dossier.edited_at = dossier.modified_at = origin.at
    dossier.save()
    reason = f"{summary}: {origin.reason}" if origin.reason else summary
    DossierVersion.objects.create(
        dossier=dossier,
        number=dossier.version,
        texts=dossier.texts,
        sections=dossier.sections,
        summary=reason[:600],
        edited_by_id=dossier.edited_by_id,
        created_at=origin.at,
    )


def staff_id(origin: Origin) -> Any:
    """The staff member who acts; None for everybody else."""
    return origin.actor_id if origin.actor is Actor.STAFF else None


def _merged(dossier: Dossier, gathered: dict[str, str]) -> dict[str, str]:
    """What people wrote stays; what they left as it was gathered is gathered anew."""
    written = {
        name: text
        for name, text in dossier.texts.items()
        if text != dossier.gathered_texts.get(name)
    }
    erased = {name for name in dossier.gathered_texts if name not in dossier.texts}
    kept = {name: text for name, text in gathered.items() if name not in erased}
    return {**kept, **written}
