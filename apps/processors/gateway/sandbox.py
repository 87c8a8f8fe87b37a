"""What only a sandbox needs: paying without a browser."""

from __future__ import annotations

from apps.processors.gateway.client import writing


def create_card_token(*, key: str, method: str) -> str:
    """
    What the payment form would send for a test card, such as `pm_card_visa`.

    The same `key` again returns the same token. Live keys are refused by the processor.
    Raises as `gateway.client.writing`.
    """
    with writing() as stripe:
        token = stripe.v1.test_helpers.confirmation_tokens.create(
            {"payment_method": method}, {"idempotency_key": key}
        )
    return token.id
