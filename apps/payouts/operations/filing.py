"""The file of a reverse invoice: written once, and checked whenever it is read."""

from __future__ import annotations

from hashlib import sha256
from uuid import UUID

import structlog
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from apps.core.pdf import render
from apps.payouts.errors import InvoiceNotIssued
from apps.payouts.invoices import invoice_document
from apps.payouts.locks import lock_payout
from apps.payouts.models import Payout

log = structlog.get_logger(__name__)


@transaction.atomic
def file_invoice(*, payout_id: UUID) -> bytes:
    """
    The invoice of a payout as a PDF; the first time it is written and kept.

    A file that was lost or is not what was written is made anew of the same facts.

    :raises ResourceNotFound: if there is no such payout.
    :raises InvoiceNotIssued: if it was not invoiced.
    """
    payout = lock_payout(payout_id)
    if payout.invoice_issued_at is None:
        raise InvoiceNotIssued
    kept = _kept(payout)
    if kept is not None:
        return kept
    content = render(invoice_document(payout))
    name = f"payouts/invoices/{payout.pk}.pdf"
    payout.invoice_file = default_storage.save(name, ContentFile(content))
    payout.invoice_checksum = sha256(content).hexdigest()
    payout.save(update_fields=["invoice_file", "invoice_checksum"])
    return content


def _kept(payout: Payout) -> bytes | None:
    if not payout.invoice_file or not default_storage.exists(payout.invoice_file):
        return None
    with default_storage.open(payout.invoice_file) as file:
        content: bytes = file.read()
    if sha256(content).hexdigest() == payout.invoice_checksum:
        return content
    log.error("payout_invoice_altered", payout=str(payout.pk), file=payout.invoice_file)
    return None
