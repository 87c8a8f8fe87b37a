"""The dossier: gathered, edited, previewed and submitted to a sandbox Stripe."""

from __future__ import annotations

import random
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
import requests
from django.db import DatabaseError, transaction
from PIL import Image
from pypdf import PdfReader

from apps.accounts.models import User
from apps.core import pdf
from apps.core.errors import ValidationFailed
from apps.core.origin import Actor, Door, Origin, build_origin
from apps.core.plans import PlanChanged, PlanImpossible
from apps.disputes.dossier.document import dossier_pdf
from apps.disputes.dossier.fields import DOCUMENT_SLOT
from apps.disputes.errors import (
    AlreadySubmitted,
    DisputeClosed,
    DossierChanged,
    EvidenceRefused,
    SubmissionInProgress,
)
from apps.disputes.models import Dispute, DisputeAttachment, Dossier, DossierVersion
from apps.disputes.operations.attaching import attach_file, detach_file
from apps.disputes.operations.editing import edit_dossier
from apps.disputes.operations.gathering import gather_dossier
from apps.disputes.operations.submitting import (
    plan_submit_evidence,
    resume_submission,
    submit_evidence,
)
from apps.disputes.selectors import open_submission_ids
from apps.events.models import Event
from apps.notifications.models import Mail
from apps.orders.models import Order
from apps.organizations.models import Organization
from apps.processors.errors import ProcessorUnavailable
from tests.support.disputing import decide, disputed, told
from tests.support.refunding import asked, paid_order
from tests.support.stripesim import stripesim
from tests.support.tills import Till, till

__all__ = ["stripesim", "till"]
POLICY = "Money back within 14 days, if you ask for it."


@pytest.fixture
def order(till: Till) -> Order:
    """Paid with a card, at a merchant with a policy, with a mail about it."""
    order = paid_order(till)
    Organization.objects.filter(pk=order.organization_id).update(refund_policy=POLICY)
    Mail.objects.create(
        organization=order.organization,
        kind="order_confirmation",
        customer_id=order.customer_id,
        subject_type="order",
        subject_id=str(order.pk),
        recipient=order.customer.email,
        subject="Thank you for your order",
        text="Here is your key: 1234.",
        html="",
        status="sent",
        sent_at=order.created_at,
        created_at=order.created_at,
        dedupe_key="one",
    )
    return order


@pytest.fixture
def dispute(till: Till, order: Order) -> Dispute:
    return disputed(till, order)


@pytest.fixture
def dossier(dispute: Dispute) -> Dossier:
    return gather_dossier(dispute_id=dispute.pk, origin=asked())


def staff() -> Origin:
    user = User.objects.create_user("finance@example.com", staff_role="finance")
    return build_origin(
        actor=Actor.STAFF, actor_id=str(user.pk), actor_label=user.email, door=Door.BACKOFFICE
    )


def picture(size: int = 20) -> bytes:
    content = BytesIO()
    Image.new("RGB", (size, size), (20, 120, 30)).save(content, "PNG")
    return content.getvalue()


def attach(dispute: Dispute, content: bytes, slot: str = "", name: str = "proof.png") -> Any:
    return attach_file(dispute_id=dispute.pk, name=name, content=content, slot=slot, origin=asked())


def edit(dispute: Dispute, field: str, text: str, seen: str = "", **more: Any) -> Dossier:
    origin = more.get("origin") or asked()
    return edit_dossier(dispute_id=dispute.pk, field=field, text=text, seen=seen, origin=origin)


def at_stripe(till: Till, dispute: Dispute) -> dict[str, Any]:
    found = till.sim.client().v1.disputes.retrieve(str(dispute.processor_id)).to_dict()
    return {**found["evidence"], "status": found["status"], **found["evidence_details"]}


def files_at_stripe(till: Till, dispute: Dispute) -> list[Any]:
    found = till.sim.client().v1.files.list({"limit": 100}).auto_paging_iter()
    return [one for one in found if str(dispute.processor_id) in one.filename]


def content_of(till: Till, file: str) -> bytes:
    session = requests.Session()
    session.trust_env = False
    url = f"{till.sim.url}/v1/files/{file}/contents"
    return session.get(url, auth=(till.sim.secret_key, ""), timeout=20).content


def preview(dispute: Dispute) -> bytes:
    attached = list(dispute.attachments.order_by("created_at", "pk"))
    return dossier_pdf(dispute, Dossier.objects.get(dispute=dispute), attached)


def words(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)


class TestGatherDossier:
    def test_maps_what_is_known_to_the_fields(self, dossier: Dossier, order: Order) -> None:
        texts = dossier.texts
        assert texts["customer_email_address"] == order.customer.email
        assert str(order.organization) in texts["product_description"]
        assert texts["refund_policy_disclosure"] == POLICY
        titles = [section["title"] for section in dossier.sections]
        assert titles == [
            "Invoice",
            "Customer",
            "Payment",
            "Mails to the customer",
            "Mail: Thank you for your order",
            "Refund policy of the seller",
        ]

    def test_tells_of_the_charge(self, dossier: Dossier, order: Order) -> None:
        [payment] = [one for one in dossier.sections if one["title"] == "Payment"]
        facts = dict(map(tuple, payment["facts"]))
        assert facts["Amount"] == "$24.00"
        assert facts["Risk"].startswith("Normal")
        assert facts["Charge"].startswith("ch_")

    def test_keeps_what_people_wrote(self, dispute: Dispute, dossier: Dossier) -> None:
        edit(dispute, "refund_policy_disclosure", "Shown at the till.", POLICY)
        edit(dispute, "customer_name", "", dossier.texts.get("customer_name", ""))
        again = gather_dossier(dispute_id=dispute.pk, origin=asked())
        assert again.texts["refund_policy_disclosure"] == "Shown at the till."
        assert "customer_name" not in again.texts
        assert again.version > dossier.version

    def test_is_gathered_by_itself_when_a_dispute_opens(self, dispute: Dispute) -> None:
        from apps.disputes.handlers import gather_evidence
        from apps.disputes.tasks import gather_dossier_task

        event = Event.objects.get(type="dispute.opened")
        gather_evidence(event, asked())
        gather_dossier_task(dispute_id=str(dispute.pk))
        gather_dossier_task(dispute_id=str(dispute.pk))
        assert Dossier.objects.get(dispute=dispute).version == 1

    def test_refuses_a_closed_dispute(self, till: Till, dispute: Dispute) -> None:
        decide(till, dispute, "lost")
        with pytest.raises(DisputeClosed):
            gather_dossier(dispute_id=dispute.pk, origin=asked())


class TestEditDossier:
    def test_keeps_every_version_and_who_made_it(self, dispute: Dispute, dossier: Dossier) -> None:
        by = staff()
        seen = dossier.texts.get("uncategorized_text", "")
        edit(dispute, "uncategorized_text", "They wrote that it works.", seen, origin=by)
        first, second = DossierVersion.objects.filter(dossier=dossier).order_by("number")
        assert (first.number, first.edited_by) == (1, None)
        assert (second.number, str(second.edited_by_id)) == (2, by.actor_id)
        assert second.texts["uncategorized_text"] == "They wrote that it works."
        assert told("dispute.dossier_edited") == 1

    def test_refuses_what_somebody_else_changed(self, dispute: Dispute, dossier: Dossier) -> None:
        edit(dispute, "service_date", "1 May", dossier.texts["service_date"])
        with pytest.raises(DossierChanged):
            edit(dispute, "service_date", "2 May", dossier.texts["service_date"])

    def test_refuses_more_text_than_fits(self, dispute: Dispute, dossier: Dossier) -> None:
        with pytest.raises(ValidationFailed, match="500 characters"):
            edit(dispute, "service_date", "x" * 501, dossier.texts["service_date"])
        with pytest.raises(ValidationFailed, match="no such text"):
            edit(dispute, "shipping_carrier", "x")

    def test_versions_cannot_be_changed(self, dossier: Dossier) -> None:
        for spoil in (
            lambda rows: rows.update(number=9),
            lambda rows: rows.delete(),
        ):
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                spoil(DossierVersion.objects.filter(dossier=dossier))


class TestAttachFile:
    def test_becomes_a_part_of_the_document(self, dispute: Dispute, dossier: Dossier) -> None:
        before = pdf.page_count(preview(dispute))
        attach(dispute, picture())
        letter = pdf.render(pdf.Document("Letter", dispute.opened_at))
        attach(dispute, letter, name="letter.pdf")
        assert pdf.page_count(preview(dispute)) >= before + 2
        assert "Letter" in words(preview(dispute))

    def test_is_attached_once(self, dispute: Dispute) -> None:
        first, again = attach(dispute, picture()), attach(dispute, picture())
        assert first == again
        assert attach(dispute, picture(), "receipt") != first

    def test_knows_the_kind_by_the_content(self, dispute: Dispute) -> None:
        made = attach(dispute, picture(), name="../../evil\r\n.exe")
        assert (made.content_type, made.name) == ("image/png", "evil_.png")

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (b"<html>", "Only PDF"),
            (b"%PDF-1.7 nothing", "cannot be read"),
            (b"\x89PNG\r\n\x1a\n" + b"0" * 40, "cannot be read"),
            (b"%PDF-" + b"0" * 4_500_000, "4.5 MB"),
        ],
    )
    def test_refuses_what_no_bank_reads(
        self, dispute: Dispute, content: bytes, message: str
    ) -> None:
        with pytest.raises(ValidationFailed, match=message):
            attach(dispute, content)
        assert not DisputeAttachment.objects.exists()

    def test_can_be_taken_away_until_it_is_submitted(
        self, dispute: Dispute, dossier: Dossier
    ) -> None:
        detach_file(attachment_id=attach(dispute, picture()).pk, origin=asked())
        assert not DisputeAttachment.objects.exists()
        made = attach(dispute, picture())
        submit_evidence(dispute_id=dispute.pk, origin=asked())
        with pytest.raises(AlreadySubmitted):
            detach_file(attachment_id=made.pk, origin=asked())


class TestSubmitEvidence:
    def test_sends_what_was_previewed(self, till: Till, dispute: Dispute, dossier: Dossier) -> None:
        attach(dispute, picture(), "receipt")
        attach(dispute, picture(40))
        shown = preview(dispute)
        plan = plan_submit_evidence(dispute_id=dispute.pk, origin=asked())
        made = submit_evidence(dispute_id=dispute.pk, agreed=plan.fingerprint, origin=asked())

        there = at_stripe(till, dispute)
        assert there["status"] == "under_review"
        assert content_of(till, there[DOCUMENT_SLOT]) == shown
        assert content_of(till, there["receipt"]) == picture()
        assert there["refund_policy_disclosure"] == POLICY
        dispute.refresh_from_db()
        assert (dispute.status, dispute.submission_count) == ("under_review", 1)
        assert dispute.has_evidence
        assert (made.submitted_version, made.submit_asked_at) == (made.version, None)
        assert (told("dispute.evidence_submitted"), told("dispute.under_review")) == (1, 1)
        till.settle()
        assert told("dispute.under_review") == 1

    def test_says_before_what_it_does(self, dispute: Dispute, dossier: Dossier) -> None:
        plan = plan_submit_evidence(dispute_id=dispute.pk, origin=asked())
        assert plan.changes[0].after == "under_review"
        assert [call.request.split("/")[2] for call in plan.calls] == ["files", "disputes"]
        again = plan_submit_evidence(dispute_id=dispute.pk, origin=asked())
        assert again.fingerprint == plan.fingerprint

    def test_refuses_another_dossier_than_was_agreed_to(
        self, dispute: Dispute, dossier: Dossier
    ) -> None:
        plan = plan_submit_evidence(dispute_id=dispute.pk, origin=asked())
        edit(dispute, "service_date", "1 May", dossier.texts["service_date"])
        with pytest.raises(PlanChanged):
            submit_evidence(dispute_id=dispute.pk, agreed=plan.fingerprint, origin=asked())
        attach(dispute, picture())
        assert told("dispute.evidence_submitting") == 0

    def test_refuses_after_the_deadline(self, dispute: Dispute, dossier: Dossier) -> None:
        late = asked()
        Dispute.objects.filter(pk=dispute.pk).update(evidence_due_at=late.at - timedelta(hours=1))
        with pytest.raises(PlanImpossible, match="due by"):
            submit_evidence(dispute_id=dispute.pk, origin=late)

    def test_refuses_a_second_time(self, dispute: Dispute, dossier: Dossier) -> None:
        submit_evidence(dispute_id=dispute.pk, origin=asked())
        with pytest.raises(PlanImpossible, match="needs no response"):
            submit_evidence(dispute_id=dispute.pk, origin=asked())

    def test_refuses_without_a_dossier_and_with_too_much(self, dispute: Dispute) -> None:
        with pytest.raises(PlanImpossible, match="Nothing was gathered"):
            submit_evidence(dispute_id=dispute.pk, origin=asked())
        gather_dossier(dispute_id=dispute.pk, origin=asked())
        for place in range(2):
            attach(dispute, noise(place), "receipt" if place else "service_documentation")
        with pytest.raises(PlanImpossible, match=r"4\.5 MB"):
            submit_evidence(dispute_id=dispute.pk, origin=asked())

    def test_shows_what_the_processor_will_not_take(
        self, till: Till, dispute: Dispute, dossier: Dossier
    ) -> None:
        till.sim.control(f"disputes/{dispute.processor_id}", {"outcome": "lost"})
        with pytest.raises(EvidenceRefused, match="lost"):
            submit_evidence(dispute_id=dispute.pk, origin=asked())
        dossier.refresh_from_db()
        assert (dossier.submit_asked_at, dossier.submitted_at) == (None, None)
        assert told("dispute.evidence_refused") == 1

    def test_submits_nothing_when_the_processor_is_away(
        self, till: Till, dispute: Dispute, dossier: Dossier
    ) -> None:
        fault(till, "429", "/v1/disputes/")
        with pytest.raises(ProcessorUnavailable):
            submit_evidence(dispute_id=dispute.pk, origin=asked())
        till.sim.control("faults", method="DELETE")
        dossier.refresh_from_db()
        assert not dossier.is_being_submitted
        submit_evidence(dispute_id=dispute.pk, origin=asked())
        assert at_stripe(till, dispute)["submission_count"] == 1

    @pytest.mark.parametrize("path", ["/v1/files$", "/v1/disputes/"])
    def test_goes_on_after_a_lost_answer(
        self, till: Till, dispute: Dispute, dossier: Dossier, path: str
    ) -> None:
        fault(till, "drop_after", path)
        with pytest.raises(SubmissionInProgress):
            submit_evidence(dispute_id=dispute.pk, origin=asked())
        till.sim.control("faults", method="DELETE")
        with pytest.raises(SubmissionInProgress):
            edit(dispute, "service_date", "1 May", dossier.texts["service_date"])
        due = open_submission_ids(at=asked(5).at, limit=10)
        assert due == [dispute.pk]
        till.settle()
        for _ in range(2):
            resume_submission(dispute_id=dispute.pk, origin=asked())
        assert len(files_at_stripe(till, dispute)) == 1
        there = at_stripe(till, dispute)
        assert (there["submission_count"], there["status"]) == (1, "under_review")
        dossier.refresh_from_db()
        assert dossier.submitted_version == dossier.version
        assert told("dispute.evidence_submitted") == 1
        assert open_submission_ids(at=asked(5).at, limit=10) == []

    def test_knows_its_own_evidence_after_the_key_was_forgotten(
        self, till: Till, dispute: Dispute, dossier: Dossier
    ) -> None:
        fault(till, "drop_after", "/v1/disputes/")
        with pytest.raises(SubmissionInProgress):
            submit_evidence(dispute_id=dispute.pk, origin=asked())
        till.sim.control("faults", method="DELETE")
        # Another key, as after a day: the processor then refuses a second submission.
        Dossier.objects.update(submit_asked_at=asked(1).at)
        resume_submission(dispute_id=dispute.pk, origin=asked())
        dossier.refresh_from_db()
        assert dossier.submitted_version == dossier.version
        assert at_stripe(till, dispute)["submission_count"] == 1


def fault(till: Till, kind: str, path: str) -> None:
    till.sim.control("faults", {"kind": kind, "method": "POST", "path": path, "count": 9})


def noise(seed: int) -> bytes:
    """A picture of some megabytes."""
    side = 900
    content = BytesIO()
    Image.frombytes("RGB", (side, side), random.Random(seed).randbytes(side * side * 3)).save(
        content, "PNG"
    )
    return content.getvalue()
