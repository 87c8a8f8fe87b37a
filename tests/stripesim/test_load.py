"""Many at once: nothing is lost, doubled or half done."""

from concurrent.futures import ThreadPoolExecutor

import stripe

from tests.support.stripesim import StripeSim

THREADS, EACH = 8, 15


def test_sales_from_many_threads_add_up(client: stripe.StripeClient, stripesim: StripeSim) -> None:
    customer = client.v1.customers.create()
    saved = client.v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})

    def sell(_: int) -> None:
        own = stripesim.client()
        for _ in range(EACH):
            intent = own.v1.payment_intents.create(
                {
                    "amount": 2000,
                    "currency": "usd",
                    "customer": customer.id,
                    "payment_method": saved.id,
                    "confirm": True,
                    "off_session": True,
                }
            )
            assert intent.status == "succeeded"

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(sell, range(THREADS)))
    rows = list(client.v1.balance_transactions.list({"limit": 100}).auto_paging_iter())
    assert len(rows) == THREADS * EACH
    assert len({row.source for row in rows}) == THREADS * EACH
    assert client.v1.balance.retrieve().pending[0].amount == sum(row.net for row in rows)
    settled = client.v1.events.list({"type": "charge.updated", "limit": 100})
    assert len(list(settled.auto_paging_iter())) == THREADS * EACH
