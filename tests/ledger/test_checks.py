import pytest

from apps.ledger.models import Checkpoint, FeeCredit, Transfer
from apps.ledger.operations import grant_fee_credit, post_entries, post_sale
from apps.ledger.sales import payment_drafts
from apps.ledger.selectors import balances_of
from tests.ledger.conftest import NOW, ORIGIN, sale_of
from tests.support.books import broken_books

pytestmark = pytest.mark.django_db


def rules():
    return {finding.check for finding in broken_books()}


class TestBooks:
    def test_finds_nothing_in_sound_books(self, organization):
        post_sale(sale=sale_of(organization), origin=ORIGIN)

        assert broken_books() == []

    def test_finds_a_wrong_checkpoint(self, organization):
        post_sale(sale=sale_of(organization), origin=ORIGIN)
        account = balances_of(organization.pk)[0].account
        Checkpoint.objects.create(
            account=account,
            last_transfer_id=Transfer.objects.order_by("-pk")[0].pk,
            debit_amount=1,
            credit_amount=1,
            taken_at=NOW,
        )

        assert rules() == {"ledger.checkpoints_are_sums", "ledger.balances_are_sums"}

    def test_finds_a_payment_that_nobody_was_given(self, organization):
        post_entries(drafts=payment_drafts(sale_of(organization), at=NOW))

        assert rules() == {"ledger.payments_reach_their_merchants"}

    def test_finds_a_credit_that_was_used_up_elsewhere(self, organization):
        grant_fee_credit(organization_id=organization.pk, title="Gift", amount=10, origin=ORIGIN)
        FeeCredit.objects.update(used_amount=3)

        assert rules() == {"ledger.fee_credits_are_used"}
