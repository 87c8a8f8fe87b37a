"""The intent of the attempt before: no second payment while the first may still be paid."""

from __future__ import annotations

from typing import Any

import pytest

from apps.checkouts.models import Checkout
from apps.checkouts.operations import charging
from apps.processors.errors import PaymentError
from tests.concurrency.test_sale_crashes import checkout, confirm
from tests.support.ledger_of_sales import is_booked, require_one_sale
from tests.support.stripesim import stripesim
from tests.support.tills import Till, till

__all__ = ["checkout", "stripesim", "till"]


def fail_first(till: Till, checkout: Checkout) -> str:
    """One attempt whose authentication fails; its intent."""
    confirm(till, checkout.pk, "pm_card_threeDSecure2Required")
    intent_id = Checkout.objects.get().intent_id or ""
    till.answer_challenge(intent_id, passes=False)
    till.settle_until(lambda: Checkout.objects.get().status == "open")
    return intent_id


def test_no_second_payment_while_the_first_cannot_be_withdrawn(
    till: Till, checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    former = fail_first(till, checkout)
    keys: list[str] = []

    def refuse(*, key: str, intent_id: str) -> Any:
        keys.append(key)
        raise PaymentError("This payment is being processed.")

    with monkeypatch.context() as patch:
        patch.setattr(charging.gateway, "cancel_intent", refuse)
        for _ in range(2):
            with pytest.raises(PaymentError):
                confirm(till, checkout.pk)
    # The processor repeats a refusal under the same key, however things stand by then.
    assert len(set(keys)) == 2
    assert Checkout.objects.get().status == "open"
    assert not till.charges(checkout.pk)

    confirm(till, checkout.pk)
    assert till.sim.client().v1.payment_intents.retrieve(former).status == "canceled"
    till.settle_until(lambda: is_booked(checkout.pk))
    require_one_sale(till, checkout.pk)
