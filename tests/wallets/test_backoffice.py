"""What staff see of balances, and how finance adjusts them."""

import re
from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from apps.core.ids import new_id
from apps.customers.models import Customer
from apps.orders.models import Order
from apps.wallets.models import Wallet, WalletMovement
from apps.wallets.operations import apply_to_order
from tests.backoffice.acting import REASON, act, agree, fingerprint_in, happened
from tests.backoffice.conftest import staff
from tests.wallets.conftest import ORIGIN, give, left, owner_of

__all__ = ["staff"]

Staff = Callable[[str], Client]


def page(client: Client, name: str, key: object) -> str:
    response = client.get(reverse(f"admin:{name}_change", args=[key]))
    assert response.status_code == 200
    return response.content.decode()


class TestPages:
    def test_lead_from_the_customer_to_each_movement_and_its_entry(
        self, staff: Staff, customer: Customer, make_order: Callable[..., Order]
    ) -> None:
        give(customer, 1000)
        order = make_order(700, applied=-700)
        apply_to_order(**owner_of(customer), order_id=order.pk, total_amount=700, origin=ORIGIN)
        wallet = Wallet.objects.get()
        movement = WalletMovement.objects.get(kind="order")
        client = staff("viewer")

        assert str(wallet.pk) in page(client, "customers_customer", customer.pk)
        assert "$3.00" in page(client, "customers_customer", customer.pk)
        text = page(client, "wallets_wallet", wallet.pk)
        assert "-$7.00" in text
        assert str(order.pk) in text
        assert str(movement.pk) in text
        assert f"wallet:order:{order.pk}" in page(client, "wallets_walletmovement", movement.pk)
        assert re.search(r">\s*Wallet\s*<", page(client, "orders_order", order.pk))


class TestAdjust:
    def test_shows_the_plan_and_does_it(self, staff: Staff, customer: Customer) -> None:
        apply_to_order(**owner_of(customer), order_id=new_id(), total_amount=-100, origin=ORIGIN)
        wallet, client = Wallet.objects.get(), staff("finance")
        wanted = {"direction": "take", "amount": "5.00"}
        text = act(client, "wallets_wallet_adjust", wallet.pk, **wanted).content.decode()
        assert "$1.00" in text
        assert "-$4.00" in text
        assert "customer balance" in text

        agree(client, "wallets_wallet_adjust", wallet.pk, **wanted)

        assert left(customer) == -400
        event = happened("wallet.adjusted", "finance@example.com")
        assert event.changes == {"balance_amount": [100, -400]}
        assert WalletMovement.objects.latest("pk").note == REASON

    def test_makes_the_first_wallet_of_a_customer(self, staff: Staff, customer: Customer) -> None:
        facts = {
            "customer": str(customer.pk),
            "currency": "USD",
            "direction": "give",
            "amount": "2.50",
        }

        agree(staff("finance"), "wallets_wallet_adjust_first", **facts)

        assert left(customer) == 250

    def test_shows_another_plan_if_the_balance_moved(
        self, staff: Staff, customer: Customer
    ) -> None:
        give(customer, 100)
        wallet, client = Wallet.objects.get(), staff("finance")
        wanted = {"direction": "give", "amount": "5.00"}
        seen = fingerprint_in(act(client, "wallets_wallet_adjust", wallet.pk, **wanted))
        apply_to_order(**owner_of(customer), order_id=new_id(), total_amount=100, origin=ORIGIN)

        answer = act(client, "wallets_wallet_adjust", wallet.pk, **wanted, _agreed=seen)

        assert "HX-Redirect" not in answer
        assert left(customer) == 0

    def test_asks_again_for_what_is_no_amount(self, staff: Staff, customer: Customer) -> None:
        give(customer, 100)
        wallet = Wallet.objects.get()
        for amount in ("much", "-5", "0", "0.001"):
            answer = act(
                staff("finance"),
                "wallets_wallet_adjust",
                wallet.pk,
                direction="give",
                amount=amount,
            )
            assert not fingerprint_in(answer)

    def test_is_for_finance(self, staff: Staff, customer: Customer) -> None:
        give(customer, 100)

        key = Wallet.objects.get().pk
        assert act(staff("viewer"), "wallets_wallet_adjust", key).status_code == 403

        agree(staff("support"), "wallets_wallet_adjust", key, direction="give", amount="5.00")

        # Support only asks for it.
        assert left(customer) == 100
