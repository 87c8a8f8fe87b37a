"""Several PDFs as one."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO

from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError

from apps.core.pdf.errors import UnreadablePdf


def merge(contents: Iterable[bytes]) -> bytes:
    """
    The pages of all PDFs, in the order given; equal input gives equal bytes.

    :raises UnreadablePdf: if one of them cannot be read.
    """
    writer = PdfWriter()
    for content in contents:
        try:
            writer.append(PdfReader(BytesIO(content)), import_outline=False)
        except (PyPdfError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise UnreadablePdf(str(error)) from error
    written = BytesIO()
    writer.write(written)
    return written.getvalue()


def page_count(content: bytes) -> int:
    """
    How many pages the PDF has.

    :raises UnreadablePdf: if it cannot be read, or is encrypted.
    """
    try:
        reader = PdfReader(BytesIO(content))
        if reader.is_encrypted:
            raise UnreadablePdf("The document is protected by a password.")
        return len(reader.pages)
    except (PyPdfError, KeyError, TypeError, AttributeError) as error:
        raise UnreadablePdf(str(error)) from error
