"""The row locks of dossiers."""

from __future__ import annotations

from uuid import UUID

from apps.core.errors import ResourceNotFound
from apps.disputes.locks import lock_dispute
from apps.disputes.models import Dispute, Dossier


def lock_disputed(dispute_id: UUID) -> tuple[Dispute, Dossier | None]:
    """The dispute, and its dossier if there is one, locked until the transaction ends."""
    dispute = lock_dispute(dispute_id)
    dossier = Dossier.objects.select_for_update(no_key=True).filter(dispute=dispute).first()
    return dispute, dossier


def lock_dossier(dispute_id: UUID) -> tuple[Dispute, Dossier]:
    """
    The dispute and its dossier, locked until the transaction ends.

    :raises ResourceNotFound: if nothing was gathered yet.
    """
    dispute, dossier = lock_disputed(dispute_id)
    if dossier is None:
        raise ResourceNotFound
    return dispute, dossier
