"""Words of people in a dossier."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from apps.core.errors import ValidationFailed
from apps.core.origin import Origin
from apps.disputes.dossier.fields import ALL_TEXTS_LIMIT, TEXTS
from apps.disputes.errors import DossierChanged
from apps.disputes.locks import lock_dossier
from apps.disputes.models import Dossier
from apps.disputes.operations.gathering import (
    require_editable,
    require_keepable,
    store_version,
)
from apps.events.operations import record


@transaction.atomic
def edit_dossier(*, dispute_id: UUID, field: str, text: str, seen: str, origin: Origin) -> Dossier:
    """
    The dossier with another text in one field of the evidence; an empty one takes it out.

    `seen` is the text that was edited. The same text again changes nothing.

    :raises ValidationFailed: for a field that is none, more text than fits, or a NUL in it.
    :raises DossierChanged: if somebody else changed the field meanwhile.
    :raises DisputeClosed, SubmissionInProgress: if it may not be changed.
    """
    dispute, dossier = lock_dossier(dispute_id)
    require_editable(dispute, dossier)
    _check(dossier, field, text)
    before = dossier.texts.get(field, "")
    if text == before:
        return dossier
    if seen != before:
        raise DossierChanged
    texts = {**dossier.texts, field: text}
    dossier.texts = {name: said for name, said in texts.items() if said}
    store_version(dispute, dossier, f"{TEXTS[field].title} edited", origin)
    record(
        "dispute.dossier_edited",
        subject=dispute,
        organization_id=dispute.organization_id,
        origin=origin,
        payload={"version": dossier.version, "field": field},
    )
    return dossier


def _check(dossier: Dossier, field: str, text: str) -> None:
    declared = TEXTS.get(field)
    if declared is None:
        raise ValidationFailed.at("body", "field", msg="There is no such text.", value=field)
    require_keepable(text)
    others = sum(len(said) for name, said in dossier.texts.items() if name != field)
    if len(text) > declared.limit or len(text) + others > ALL_TEXTS_LIMIT:
        limit = min(declared.limit, ALL_TEXTS_LIMIT - others)
        raise ValidationFailed.at(
            "body", "text", msg=f"This text may have {limit} characters.", value=len(text)
        )
