"""The bank's word for payouts that people make."""

from __future__ import annotations

from hashlib import sha256

import pytest
from django.core.files.storage import default_storage

from apps.core.errors import ValidationFailed
from apps.core.origin import Origin
from apps.payouts.errors import NotManualPayout
from apps.payouts.models import Payout, PayoutProof
from apps.payouts.operations import attach_payout_proof, plan_mark_payout_paid, request_payout
from tests.payouts.conftest import NOW
from tests.support.merchants import make_organization
from tests.support.payouts import earn, link, make_account

pytestmark = pytest.mark.django_db
ADVICE = b"%PDF-1.7 The bank has paid."


@pytest.fixture
def by_hand(origin: Origin) -> Payout:
    organization = make_organization()
    link(organization, make_account(at=NOW, type="manual"), at=NOW)
    earn(organization, 10_000, at=NOW)
    return request_payout(organization_id=organization.pk, origin=origin)


def attach(
    payout: Payout, origin: Origin, content: bytes = ADVICE, name: str = "../../advice.pdf"
) -> PayoutProof:
    return attach_payout_proof(payout_id=payout.pk, name=name, content=content, origin=origin)


def test_is_kept_once_with_its_checksum(by_hand: Payout, origin: Origin) -> None:
    proof = attach(by_hand, origin)
    assert attach(by_hand, origin).pk == proof.pk
    assert (proof.checksum, proof.size) == (sha256(ADVICE).hexdigest(), len(ADVICE))
    with default_storage.open(str(proof.file.name)) as file:
        assert file.read() == ADVICE
    # Its place comes from us, whatever it is called.
    assert ".." not in str(proof.file.name) and str(proof.pk) in str(proof.file.name)


def test_is_asked_for_before_the_payout_is_marked(by_hand: Payout, origin: Origin) -> None:
    assert plan_mark_payout_paid(payout=by_hand).obstacles
    attach(by_hand, origin)
    plan = plan_mark_payout_paid(payout=by_hand)
    assert not plan.obstacles and "advice.pdf" in plan.effects[0]


def test_is_a_document_of_a_manual_payout(payout: Payout, by_hand: Payout, origin: Origin) -> None:
    with pytest.raises(NotManualPayout):
        attach(payout, origin)
    for content in (b"<html>", b"%PDF-" + b"x" * (10 * 1024 * 1024)):
        with pytest.raises(ValidationFailed):
            attach(by_hand, origin, content)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("advice.html", "advice.pdf"),
        ("C:\\bank\\advice.exe", "advice.pdf"),
        ("a\x00b\r\nSet-Cookie: c.pdf", "a_b_Set-Cookie_ c.pdf"),
        ("\u202efdp.scr", "_fdp.pdf"),
        ("x" * 400, "x" * 180 + ".pdf"),
        ("\N{PILE OF POO}", "proof.pdf"),
    ],
)
def test_is_called_what_it_is_whatever_its_name_says(
    by_hand: Payout, origin: Origin, given: str, kept: str
) -> None:
    assert attach(by_hand, origin, name=given).name == kept
