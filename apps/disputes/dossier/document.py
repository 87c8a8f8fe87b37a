"""The document, and the files that go to the bank: the same input gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import Final

from PIL import Image

from apps.core import pdf
from apps.core.money import format_amount
from apps.disputes.dossier import words
from apps.disputes.dossier.evidence import Section
from apps.disputes.dossier.fields import DOCUMENT_SLOT, FILE_SLOTS, TEXT_FIELDS
from apps.disputes.models import Dispute, DisputeAttachment, Dossier

PDF: Final = "application/pdf"


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """A file for one of the processor's slots."""

    slot: str
    name: str
    content: bytes

    @property
    def checksum(self) -> str:
        """SHA-256, in hexadecimal digits."""
        return sha256(self.content).hexdigest()


def evidence_files(
    dispute: Dispute, dossier: Dossier, attachments: Sequence[DisputeAttachment]
) -> list[EvidenceFile]:
    """
    Everything that is uploaded: the document first, then what was attached for a slot.

    Several attachments for one slot become one PDF; those for none stand in the document.
    """
    files = [
        EvidenceFile(
            DOCUMENT_SLOT,
            f"evidence-{dispute.processor_id or dispute.pk}.pdf",
            dossier_pdf(dispute, dossier, attachments),
        )
    ]
    for slot in FILE_SLOTS:
        listed = [one for one in attachments if one.slot == slot]
        if len(listed) == 1:
            files.append(EvidenceFile(slot, listed[0].name, bytes(listed[0].content)))
        elif listed:
            made = pdf.merge(_as_pdf(one, dossier) for one in listed)
            files.append(EvidenceFile(slot, f"{slot}.pdf", made))
    return files


def dossier_pdf(
    dispute: Dispute, dossier: Dossier, attachments: Iterable[DisputeAttachment]
) -> bytes:
    """The document as it is sent, with the attachments that have no slot of their own."""
    loose = [one for one in attachments if not one.slot]
    parts = [pdf.render(_document(dispute, dossier, loose))]
    parts += [_as_pdf(one, dossier) for one in loose]
    return pdf.merge(parts) if loose else parts[0]


def _document(
    dispute: Dispute, dossier: Dossier, loose: Sequence[DisputeAttachment]
) -> pdf.Document:
    at = dossier.gathered_at or dossier.created_at
    amount = format_amount(dispute.gross_amount, dispute.currency)
    name = dispute.processor_id or str(dispute.pk)
    blocks: list[pdf.Block] = [
        pdf.Facts(
            words.known(
                ("Disputed", amount),
                ("Reason", words.sentence(dispute.reason)),
                ("Code of the network", dispute.network_reason_code),
                ("Charge", dispute.payment.processor_id),
                ("Opened", words.moment(dispute.opened_at)),
            )
        )
    ]
    for field in TEXT_FIELDS:
        text = dossier.texts.get(field.name)
        if text and not field.is_line:
            blocks += [pdf.Heading(field.title), pdf.Paragraph(text)]
    for section in map(Section.from_json, dossier.sections):
        blocks += _blocks(section)
    if loose:
        blocks.append(pdf.Heading("Attached"))
        blocks.append(pdf.Paragraph("\n".join(one.name for one in loose)))
    return pdf.Document(
        title="Evidence against a dispute",
        subtitle=f"{name}\n{words.day(at)}",
        sender=dispute.organization.name,
        footer=f"{dispute.organization.name} · {name}",
        created_at=at,
        blocks=tuple(blocks),
    )


def _blocks(section: Section) -> list[pdf.Block]:
    blocks: list[pdf.Block] = [pdf.Heading(section.title)]
    if section.intro:
        blocks.append(pdf.Paragraph(section.intro))
    if section.facts:
        blocks.append(pdf.Facts(section.facts))
    if section.rows:
        columns = tuple(
            pdf.Column(title, "right" if place in section.amounts else "left")
            for place, title in enumerate(section.columns)
        )
        blocks.append(pdf.Table(columns, section.rows))
    if section.text:
        blocks.append(pdf.Paragraph(section.text))
    if section.note:
        blocks.append(pdf.Paragraph(section.note, quiet=True))
    return blocks


def _as_pdf(attachment: DisputeAttachment, dossier: Dossier) -> bytes:
    content = bytes(attachment.content)
    if attachment.content_type == PDF:
        return content
    picture = pdf.Picture(_upright(content), attachment.name)
    at = dossier.gathered_at or dossier.created_at
    return pdf.render(pdf.Document(attachment.name, at, (picture,)))


def _upright(content: bytes) -> bytes:
    """The picture as PNG without transparency, which not every reader shows alike."""
    with Image.open(BytesIO(content)) as picture:
        if picture.mode in ("RGB", "L"):
            return content
        made = BytesIO()
        picture.convert("RGBA").convert("RGB").save(made, "PNG")
        return made.getvalue()
