"""A payout pays each transfer of a balance once, and adds up to them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from apps.core.origin import Origin
from apps.ledger.models import Transfer
from apps.organizations.models import Organization
from apps.payouts.models import Payout, PayoutLine
from apps.payouts.operations import begin_cancel, request_payout
from apps.payouts.operations.canceling import settle_cancel
from tests.payouts.conftest import NOW
from tests.support.books import broken_books
from tests.support.payouts import earn, origin_at, transferred

pytestmark = pytest.mark.django_db


def amounts(payout: Payout) -> list[int]:
    return sorted(payout.lines.filter(released_at=None).values_list("amount", flat=True))


def test_leave_what_has_not_matured_to_the_next(organization: Organization) -> None:
    earn(organization, 700, at=NOW, available_at=NOW + timedelta(hours=1))
    earn(organization, -100, at=NOW)
    first = request_payout(organization_id=organization.pk, origin=origin_at(NOW))
    assert amounts(first) == [-first.amount, -200, -100, -50, 10_000]

    later = origin_at(NOW + timedelta(days=2))
    earn(organization, 5000, at=later.at)
    second = request_payout(organization_id=organization.pk, origin=later)
    assert amounts(second) == [-second.amount, -second.fees_amount, 700, 5000]
    merchant = Transfer.objects.filter(credit_account__kind="merchant_balance").count()
    assert PayoutLine.objects.filter(amount__gt=0).count() == merchant
    assert broken_books() == []


@pytest.mark.parametrize("is_transferred", [False, True])
def test_of_a_canceled_payout_are_paid_by_the_next(
    organization: Organization, payout: Payout, origin: Origin, is_transferred: bool
) -> None:
    if is_transferred:
        transferred(payout, at=NOW)
    begin_cancel(payout_id=payout.pk, origin=origin)
    settle_cancel(payout_id=payout.pk, reversal_id="trr_1", origin=origin)
    assert amounts(payout) == []
    again = request_payout(organization_id=organization.pk, origin=origin)

    # Kept fees stay paid; what went and came back is among the lines of both.
    assert again.gross_amount == (9750 if is_transferred else 10_000)
    assert 10_000 in amounts(again) and sum(amounts(again)) == 0
    assert broken_books() == []


def test_are_checked_with_the_books(payout: Payout) -> None:
    PayoutLine.objects.filter(payout=payout, amount=10_000).update(amount=9_999)
    assert [one.check for one in broken_books()] == ["payouts.payouts_are_their_lines"]
