"""The desk of a dispute: the queue, edits, files and notes without leaving the page."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from apps.core.origin import Actor, Door, Origin
from apps.disputes.models import (
    Dispute,
    DisputeAttachment,
    DisputeNote,
    DisputeReply,
    Dossier,
)
from apps.disputes.operations import reply_to_dispute
from tests.backoffice.conftest import staff
from tests.backoffice.world import Sold, make_sale
from tests.support.dossiers import make_disputed

__all__ = ["staff"]
Staff = Callable[[str], Client]
LIST = "admin:disputes_dispute_changelist"


@pytest.fixture
def sold(db: None) -> Sold:
    return make_sale()


@pytest.fixture
def dispute(sold: Sold) -> Dispute:
    found = Dispute.objects.get(payment=sold.payment)
    DisputeAttachment.objects.filter(dispute=found).delete()
    return found


def address(dispute: Dispute, name: str, *more: Any) -> str:
    return reverse(f"admin:disputes_dispute_{name}", args=[dispute.pk, *more])


def png() -> SimpleUploadedFile:
    from PIL import Image

    content = BytesIO()
    Image.new("RGB", (9, 9)).save(content, "PNG")
    return SimpleUploadedFile("chat.png", content.getvalue(), "image/png")


class TestQueue:
    def test_begins_with_the_nearest_deadline(self, staff: Staff, sold: Sold) -> None:
        later = Dispute.objects.get(payment=sold.payment)
        sooner = make_disputed(
            sold.order,
            sold.payment,
            at=later.opened_at,
            evidence_due_at=later.opened_at,
            processor_id="du_sooner",
        )
        page = staff("support").get(reverse(LIST)).content.decode()
        assert page.index("du_sooner") < page.index(str(later)[-8:])
        assert "missed" in page
        assert "$240.00" in page
        assert str(sooner.pk) in page

    def test_shows_open_ones_unless_asked_or_searched(self, staff: Staff, dispute: Dispute) -> None:
        Dispute.objects.filter(pk=dispute.pk).update(status="lost", closed_at=dispute.opened_at)
        client = staff("viewer")
        tail = str(dispute)[-8:]
        shown = {
            query: tail in client.get(f"{reverse(LIST)}{query}").content.decode()
            for query in ("", "?queue=closed", "?queue=all", f"?q={dispute.processor_id}")
        }
        assert list(shown.values()) == [False, True, True, True]
        assert "No dispute waits" in client.get(reverse(LIST)).content.decode()

    def test_is_narrowed_to_ones_own_work(self, staff: Staff, dispute: Dispute) -> None:
        client = staff("support")
        found = {}
        for who in ("mine", "nobody", "others"):
            page = client.get(f"{reverse(LIST)}?assigned={who}").content.decode()
            found[who] = str(dispute.pk) in page
        assert found == {"mine": False, "nobody": True, "others": False}
        client.post(address(dispute, "take"), {"reason": "Mine now", "_form_submitted": True})
        page = client.get(f"{reverse(LIST)}?assigned=mine").content.decode()
        assert str(dispute.pk) in page
        client.post(address(dispute, "release"), {"reason": "Not mine", "_form_submitted": True})
        dispute.refresh_from_db()
        assert dispute.assignee is None

    def test_is_narrowed_to_a_merchant(self, staff: Staff, dispute: Dispute) -> None:
        client = staff("viewer")
        mine = client.get(f"{reverse(LIST)}?organization={dispute.organization_id}")
        none = client.get(f"{reverse(LIST)}?organization=nonsense")
        assert str(dispute.pk) in mine.content.decode()
        assert str(dispute.pk) not in none.content.decode()


class TestDossier:
    def test_is_previewed_as_a_pdf(self, staff: Staff, dispute: Dispute) -> None:
        answer = staff("support").get(address(dispute, "dossier"))
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Content-Disposition"].startswith("inline")
        text = PdfReader(BytesIO(answer.content)).pages[0].extract_text()
        assert "An icon set." in text

    def test_opens_earlier_versions(self, staff: Staff, dispute: Dispute) -> None:
        client = staff("support")
        url = address(dispute, "text", "product_description")
        client.post(url, {"text": "A set of fonts.", "seen": "An icon set."})
        for version, expected in (("", "A set of fonts."), ("?version=1", "An icon set.")):
            content = client.get(address(dispute, "dossier") + version).content
            assert expected in PdfReader(BytesIO(content)).pages[0].extract_text()
        assert client.get(address(dispute, "dossier") + "?version=x").status_code == 404

    def test_is_edited_in_place(self, staff: Staff, dispute: Dispute) -> None:
        client = staff("support")
        url = address(dispute, "text", "product_description")
        assert "<textarea" in client.get(f"{url}?edit").content.decode()
        answer = client.post(url, {"text": "Fonts & <b>icons</b>", "seen": "An icon set."})
        page = answer.content.decode()
        assert "Fonts &amp; &lt;b&gt;icons" in page
        assert "Version 2, by support@example.com" in page.replace("\n", "")
        dossier = Dossier.objects.get(dispute=dispute)
        assert dossier.texts["product_description"] == "Fonts & <b>icons</b>"

    def test_shows_a_refusal_beside_what_was_written(self, staff: Staff, dispute: Dispute) -> None:
        url = address(dispute, "text", "product_description")
        page = staff("support").post(url, {"text": "Mine", "seen": "Outdated"}).content.decode()
        assert "Somebody else changed this text" in page
        assert ">Mine</textarea>" in page

    def test_is_not_for_viewers(self, staff: Staff, dispute: Dispute) -> None:
        client = staff("viewer")
        assert client.get(address(dispute, "dossier")).status_code == 403
        answer = client.post(address(dispute, "text", "product_description"), {"text": "x"})
        assert answer.status_code == 403
        page = client.get(address(dispute, "change")).content.decode()
        assert "Preview the PDF" not in page


class TestFiles:
    def test_are_attached_downloaded_and_removed(self, staff: Staff, dispute: Dispute) -> None:
        client = staff("support")
        page = client.post(address(dispute, "files"), {"file": png(), "slot": "receipt"})
        assert "chat.png" in page.content.decode()
        made = DisputeAttachment.objects.get(dispute=dispute)
        assert str(made.added_by) == "support@example.com"
        answer = client.get(address(dispute, "file", made.pk))
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer.content == bytes(made.content)
        client.post(address(dispute, "remove", made.pk))
        assert not DisputeAttachment.objects.filter(dispute=dispute).exists()

    def test_are_refused_in_words(self, staff: Staff, dispute: Dispute) -> None:
        client = staff("support")
        wrong = SimpleUploadedFile("a.exe", b"MZ", "application/pdf")
        page = client.post(address(dispute, "files"), {"file": wrong}).content.decode()
        assert "Only PDF, PNG and JPEG" in page
        assert "Choose a file" in client.post(address(dispute, "files"), {}).content.decode()

    def test_of_another_dispute_are_not_found(
        self, staff: Staff, dispute: Dispute, sold: Sold
    ) -> None:
        other = make_disputed(sold.order, sold.payment, at=dispute.opened_at)
        file = other.attachments.get()
        assert staff("support").get(address(dispute, "file", file.pk)).status_code == 404


class TestNotes:
    def test_are_added_for_good(self, staff: Staff, dispute: Dispute) -> None:
        client = staff("support")
        page = client.post(address(dispute, "notes"), {"text": "Called the bank."})
        assert "Called the bank." in page.content.decode()
        note = DisputeNote.objects.filter(dispute=dispute).latest("created_at")
        assert str(note.author) == "support@example.com"
        page = client.post(address(dispute, "notes"), {"text": "  "})
        assert "1 to 5000 characters" in page.content.decode()

    def test_are_read_by_viewers(self, staff: Staff, dispute: Dispute) -> None:
        client = staff("viewer")
        page = client.get(address(dispute, "change")).content.decode()
        assert "The buyer wrote to us." in page
        assert 'aria-label="Note"' not in page
        assert client.post(address(dispute, "notes"), {"text": "x"}).status_code == 403


class TestPages:
    def test_of_payment_and_order_show_warnings_and_disputes(
        self, staff: Staff, sold: Sold
    ) -> None:
        client = staff("viewer")
        for record in (sold.payment, sold.order):
            name = f"admin:{record._meta.app_label}_{record._meta.model_name}_change"
            page = client.get(reverse(name, args=[record.pk])).content.decode()
            assert "Warnings of fraud" in page
            assert "made with stolen card" in page
            assert "needs response" in page

    def test_submit_is_for_finance(self, staff: Staff, dispute: Dispute) -> None:
        url = address(dispute, "submit")
        assert staff("support").get(url).status_code == 403
        page = staff("finance").get(url).content.decode()
        assert "under_review" in page
        assert "It cannot be taken back" in page


class TestReplies:
    def test_stand_on_the_page(self, staff: Staff, dispute: Dispute) -> None:
        page = reverse("admin:disputes_dispute_change", args=[dispute.pk])
        assert "What the merchant says" not in staff("support").get(page).content.decode()
        at = dispute.opened_at
        told = Origin(actor=Actor.MERCHANT, actor_label="Token 1", door=Door.API, at=at)
        words = "They <b>thanked</b> us."
        reply_to_dispute(dispute_id=dispute.pk, text=words, file_ids=[], origin=told)
        shown = staff("support").get(page).content.decode()
        assert "They &lt;b&gt;thanked&lt;/b&gt; us." in shown
        assert "Token 1" in shown
        assert "What the merchant says" not in staff("viewer").get(page).content.decode()

    def test_stay_as_they_are(self, dispute: Dispute) -> None:
        reply = DisputeReply.objects.create(
            dispute=dispute, text="So it was.", created_at=dispute.opened_at
        )
        for change in (lambda: reply.save(), lambda: reply.delete()):
            with pytest.raises(IntegrityError), transaction.atomic():
                change()
