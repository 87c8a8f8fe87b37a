from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from apps.ledger.checks import verify_books
from apps.ledger.models import Checkpoint, FeeCredit, Transfer
from apps.ledger.operations import grant_fee_credit, post_entries, post_sale
from apps.ledger.sales import payment_drafts
from apps.ledger.selectors import balances_of
from tests.ledger.conftest import NOW, ORIGIN, sale_of

pytestmark = pytest.mark.django_db


def rules():
    return {finding.rule for finding in verify_books()}


class TestVerifyBooks:
    def test_finds_nothing_in_sound_books(self, organization):
        post_sale(sale=sale_of(organization), origin=ORIGIN)

        assert verify_books() == []

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

        assert rules() == {
            "a checkpoint is the sum of the transfers up to it",
            "a balance is the sum of its transfers",
        }

    def test_finds_a_payment_that_nobody_was_given(self, organization):
        post_entries(drafts=payment_drafts(sale_of(organization), at=NOW))

        assert rules() == {"a booked payment was given to its merchant"}

    def test_finds_a_credit_that_was_used_up_elsewhere(self, organization):
        grant_fee_credit(organization_id=organization.pk, title="Gift", amount=10, origin=ORIGIN)
        FeeCredit.objects.update(used_amount=3)

        assert rules() == {"a fee credit was used as much as the entries say"}

    def test_is_a_command(self, organization):
        post_sale(sale=sale_of(organization), origin=ORIGIN)
        output = StringIO()

        call_command("verify_books", stdout=output)

        assert output.getvalue() == "The books are sound.\n"
        FeeCredit.objects.create(
            organization=organization, title="Gift", amount=10, used_amount=3, granted_at=NOW
        )
        with pytest.raises(CommandError, match="1 finding"):
            call_command("verify_books", stdout=output)
