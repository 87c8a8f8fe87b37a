"""Taking money: confirmation tokens, payment intents, charges, balance transactions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from apps.processors.gateway.client import plain, reading, writing
from apps.processors.gateway.facts import BalanceTransaction, Charge, Intent, TokenPreview
from apps.processors.gateway.reading import (
    balance_transaction_of,
    charge_of,
    intent_of,
    token_of,
)

# What books a payment at once, so that nothing more has to be asked.
WITH_SETTLEMENT: Final = ("payment_method", "latest_charge.balance_transaction")


def read_confirmation_token(token_id: str) -> TokenPreview:
    """What the buyer's payment form has collected under this token."""
    with reading() as stripe:
        return token_of(plain(stripe.v1.confirmation_tokens.retrieve(token_id)))


def confirm_payment_intent(
    *,
    key: str,
    amount: int,
    currency: str,
    customer_id: str,
    confirmation_token: str,
    return_url: str,
    description: str,
    statement_suffix: str,
    metadata: Mapping[str, str],
    save_method: bool,
    require_3ds: bool,
) -> Intent:
    """
    Create an intent over `amount` (minor units) and confirm it at once.

    The same `key` again with the same facts takes no second payment and returns, or raises, what
    the first call did. `save_method` keeps the method for charges without the buyer;
    `metadata` reaches the charge too. Raises as `gateway.client.writing`.
    """
    params: Any = {
        "amount": amount,
        "currency": currency,
        "customer": customer_id,
        "confirm": True,
        "confirmation_token": confirmation_token,
        "automatic_payment_methods": {"enabled": True},
        "return_url": return_url,
        "description": description,
        "metadata": dict(metadata),
        "expand": list(WITH_SETTLEMENT),
    }
    if statement_suffix:
        params["statement_descriptor_suffix"] = statement_suffix
    if save_method:
        params["setup_future_usage"] = "off_session"
    if require_3ds:
        params["payment_method_options"] = {"card": {"request_three_d_secure": "any"}}
    with writing() as stripe:
        intent = stripe.v1.payment_intents.create(params, {"idempotency_key": key})
    return intent_of(plain(intent))


def charge_off_session(
    *,
    key: str,
    amount: int,
    currency: str,
    customer_id: str,
    payment_method_id: str,
    description: str,
    statement_suffix: str,
    metadata: Mapping[str, str],
) -> Intent:
    """
    Charge a saved method of a customer who is not there, `amount` in minor units.

    The same `key` again with the same facts takes no second payment and returns, or raises, what
    the first call did. The intent comes with its charge and, as a rule, the settlement.
    PaymentError with the code `authentication_required` if the bank wants to ask the customer.
    Raises as `gateway.client.writing`.
    """
    params: Any = {
        "amount": amount,
        "currency": currency,
        "customer": customer_id,
        "payment_method": payment_method_id,
        "confirm": True,
        "off_session": True,
        # Captured before the answer, not after it: so the answer has the settlement.
        "capture_method": "automatic",
        "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
        "description": description,
        "metadata": dict(metadata),
        "expand": list(WITH_SETTLEMENT),
    }
    if statement_suffix:
        params["statement_descriptor_suffix"] = statement_suffix
    with writing() as stripe:
        # Most calls of all are these: the answer is read as it came, not made into objects first.
        answer: Any = stripe.raw_request(
            "post", "/v1/payment_intents", idempotency_key=key, **params
        )
    return intent_of(answer.data)


def read_payment_intent(intent_id: str) -> Intent:
    """The intent as it stands, with its method, charge and settlement."""
    with reading() as stripe:
        params: Any = {"expand": list(WITH_SETTLEMENT)}
        intent = stripe.v1.payment_intents.retrieve(intent_id, params)
    return intent_of(plain(intent))


def find_payment_intent(*, customer_id: str, name: str, value: str) -> Intent | None:
    """
    The newest intent of a customer whose metadata has `value` under `name`; None if there is none.

    Reads the customer's intents one page after the other, which is always up to date, unlike the
    processor's search.
    """
    with reading() as stripe:
        params: Any = {"customer": customer_id, "limit": 100}
        for listed in stripe.v1.payment_intents.list(params).auto_paging_iter():
            if plain(listed).get("metadata", {}).get(name) == value:
                return read_payment_intent(listed.id)
    return None


def cancel_payment_intent(*, key: str, intent_id: str) -> Intent:
    """Withdraw an intent that has not succeeded; PaymentError if it has."""
    with writing() as stripe:
        intent = stripe.v1.payment_intents.cancel(intent_id, {}, {"idempotency_key": key})
    return intent_of(plain(intent))


def read_charge(charge_id: str) -> Charge:
    """The charge as it stands."""
    with reading() as stripe:
        return charge_of(plain(stripe.v1.charges.retrieve(charge_id)))


def read_balance_transaction(transaction_id: str) -> BalanceTransaction:
    """What a charge, refund or dispute did to the processor balance."""
    with reading() as stripe:
        found = stripe.v1.balance_transactions.retrieve(transaction_id)
    return balance_transaction_of(plain(found))
