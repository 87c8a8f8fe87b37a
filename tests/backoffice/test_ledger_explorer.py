"""From any id to its entries, and from an account to each of its movements."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from apps.core.clock import system_time
from apps.core.ids import new_id
from apps.ledger.models import Account, Entry
from apps.ledger.operations import post_payout
from apps.ledger.payouts import PayoutMoney
from apps.payments.models import Refund
from apps.payouts.models import Payout
from apps.wallets.models import WalletMovement
from tests.backoffice.rows import provider
from tests.backoffice.world import Sold
from tests.support.payouts import earn

Staff = Callable[[str], Client]
ENTRIES = "admin:ledger_entry_changelist"


def found(client: Client, term: str) -> set[str]:
    """The references of the entries that a term leads to."""
    text = client.get(reverse(ENTRIES), {"q": term}).content.decode()
    return {
        entry.reference
        for entry in Entry.objects.all()
        if reverse("admin:ledger_entry_change", args=[entry.pk]) in text
    }


class TestSearch:
    def test_leads_from_every_id_of_a_sale_to_its_entries(self, staff: Staff, sold: Sold) -> None:
        client = staff("viewer")
        expected = set(
            Entry.objects.filter(order_id=sold.order.pk).values_list("reference", flat=True)
        )
        assert len(expected) == 4
        ids = (
            sold.order.pk,
            sold.order.invoice_number,
            sold.order.checkout_id,
            sold.payment.pk,
            sold.payment.processor_id,
            sold.payment.intent_id,
        )
        for term in ids:
            assert found(client, str(term)) == expected, term
        transfers = client.get(
            reverse("admin:ledger_transfer_changelist"), {"q": sold.payment.processor_id}
        ).content.decode()
        assert transfers.count("data-href") >= 5

    def test_leads_from_refunds_payouts_and_movements(self, staff: Staff, sold: Sold) -> None:
        client = staff("viewer")
        refund = Refund.objects.get()
        entry = Entry.objects.filter(order_id=sold.order.pk).first()
        assert entry is not None
        copies = [f"refund:{refund.pk}", f"reversal:refund:{refund.pk}"]
        for reference in copies:
            Entry.objects.create(
                reference=reference, type="refund", posted_at=system_time(), order_id=new_id()
            )
        for term in (refund.pk, refund.processor_id):
            assert found(client, str(term)) == set(copies)
        payout = Payout.objects.get()
        earn(sold.organization, 20_000, at=system_time())
        money = PayoutMoney(
            payout_id=payout.pk,
            organization_id=sold.organization.pk,
            currency="usd",
            amount=payout.amount,
        )
        post_payout(money=money, origin=provider())
        for term in (payout.pk, payout.invoice_number, payout.attempts.get().pk):
            assert found(client, str(term)) == {f"payout:{payout.pk}"}
        movement = WalletMovement.objects.get()
        assert found(client, movement.reference) == {movement.entry_reference}

    def test_finds_a_part_of_a_reference_and_nothing_for_nobody(
        self, staff: Staff, sold: Sold
    ) -> None:
        client = staff("viewer")
        assert found(client, sold.payment.processor_id[:-2])
        assert found(client, str(new_id())) == set()
        assert found(client, "nobody has this") == set()


class TestMovements:
    @pytest.fixture
    def account(self, sold: Sold) -> Account:
        for number in range(60):
            earn(sold.organization, 100 + number, at=system_time())
        return Account.objects.get(organization=sold.organization, kind="merchant_balance")

    def test_are_paged_in_place(self, staff: Staff, account: Account) -> None:
        client = staff("viewer")
        page = client.get(reverse("admin:ledger_account_change", args=[account.pk]))
        text = page.content.decode()
        address = reverse("admin:ledger_account_movements", args=[account.pk])
        assert "Balance after" in text and "Older" in text and address in text
        cursor = text.split("before=")[1].split('"')[0]
        part = client.get(f"{address}?before={cursor}", HTTP_HX_REQUEST="true").content.decode()
        assert "<html" not in part and "Newest" in part and "Older" not in part
        # Without JavaScript the same stands on the account's page.
        whole = client.get(
            reverse("admin:ledger_account_change", args=[account.pk]), {"before": cursor}
        ).content.decode()
        assert "Newest" in whole and "<html" in whole

    def test_are_narrowed_in_place(self, staff: Staff, account: Account) -> None:
        address = reverse("admin:ledger_account_movements", args=[account.pk])
        client = staff("viewer")
        text = client.get(address, {"type": "platform_fee.payment"}).content.decode()
        assert text.count("platform fee.payment") and "Balance after" not in text
        none = client.get(address, {"since": "2030-01-01"}).content.decode()
        assert "that is asked for" in none
        for wrong in ({"before": "x"}, {"since": "yesterday"}, {"before": "9" * 40}):
            assert client.get(address, wrong).status_code == 200

    def test_are_for_staff_alone(self, client: Client, account: Account) -> None:
        address = reverse("admin:ledger_account_movements", args=[account.pk])
        assert client.get(address).status_code == 302
