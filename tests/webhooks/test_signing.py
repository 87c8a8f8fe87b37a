"""Signatures that both ways of checking accept."""

import base64
from datetime import UTC, datetime

import pytest
from polar.v2026_04.webhooks import validate_event
from polar.webhooks import PolarWebhookVerificationError
from standardwebhooks import Webhook, WebhookVerificationError

from apps.webhooks.secrets import new_secret
from apps.webhooks.signing import headers

BODY = '{"type":"nothing"}'


def sent(*secrets: str) -> dict[str, str]:
    return headers(
        secrets=secrets,
        is_standard=True,
        webhook_id="evt",
        sequence=7,
        at=datetime.now(UTC),
        body=BODY,
    )


def test_is_accepted_by_the_library() -> None:
    secret = new_secret()
    assert Webhook(secret).verify(BODY, sent(secret)) == {"type": "nothing"}


def test_is_accepted_in_the_older_way() -> None:
    """Older SDKs take the whole secret as text for the key."""
    secret = new_secret()
    older = Webhook(base64.b64encode(secret.encode()).decode())
    assert older.verify(BODY, sent(secret)) == {"type": "nothing"}


def test_holds_for_both_secrets_while_they_overlap() -> None:
    former, latest = new_secret(), new_secret()
    for secret in (former, latest):
        Webhook(secret).verify(BODY, sent(latest, former))
    with pytest.raises(WebhookVerificationError):
        Webhook(former).verify(BODY, sent(latest))


def test_breaks_with_the_body() -> None:
    secret = new_secret()
    with pytest.raises(PolarWebhookVerificationError):
        validate_event(body=BODY + " ", headers=sent(secret), secret=secret)
