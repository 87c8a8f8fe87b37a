"""What a bank says of a payout that people made, kept as a file."""

from __future__ import annotations

from hashlib import sha256
from typing import Final
from uuid import UUID

from django.core.files.base import ContentFile
from django.db import transaction

from apps.core.errors import ValidationFailed
from apps.core.file_names import safe_name
from apps.core.ids import new_id
from apps.core.origin import Origin
from apps.events.operations import record
from apps.payouts.errors import NotManualPayout
from apps.payouts.locks import lock_payout
from apps.payouts.models import PayoutProof

SIZE_LIMIT: Final = 10 * 1024 * 1024
# The kind is told by the content, whatever the name says.
_KINDS: Final = (
    (b"%PDF-", "application/pdf", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png", "png"),
    (b"\xff\xd8\xff", "image/jpeg", "jpg"),
)


@transaction.atomic
def attach_payout_proof(
    *, payout_id: UUID, name: str, content: bytes, origin: Origin
) -> PayoutProof:
    """
    Keep a PDF, PNG or JPEG of the bank's beside a manual payout; the same content once.

    Records `payout.proof_attached`.

    :raises NotManualPayout: if the processor pays it, or it was canceled.
    :raises ValidationFailed: for another kind of file, or one above 10 MB.
    """
    kind, ending = _checked(content)
    payout = lock_payout(payout_id)
    if not payout.is_manual or payout.status == payout.Status.CANCELED:
        raise NotManualPayout
    checksum = sha256(content).hexdigest()
    found = PayoutProof.objects.filter(payout=payout, checksum=checksum).first()
    if found is not None:
        return found
    proof = PayoutProof(
        pk=new_id(),
        created_at=origin.at,
        payout=payout,
        name=safe_name(name, ending, otherwise="proof"),
        content_type=kind,
        size=len(content),
        checksum=checksum,
        added_by=origin.actor_label or str(origin.actor),
    )
    # Under an id: names come from outside.
    proof.file.save(f"{proof.pk}.{ending}", ContentFile(content), save=False)
    proof.save(force_insert=True)
    record(
        "payout.proof_attached",
        subject=payout,
        organization_id=payout.organization_id,
        origin=origin,
        payload={"name": proof.name, "size": proof.size, "checksum": checksum},
    )
    return proof


def _checked(content: bytes) -> tuple[str, str]:
    if len(content) > SIZE_LIMIT:
        raise ValidationFailed.at("body", "file", msg="It is above 10 MB.")
    for start, kind, ending in _KINDS:
        if content.startswith(start):
            return kind, ending
    raise ValidationFailed.at("body", "file", msg="Give a PDF, a PNG or a JPEG.")
