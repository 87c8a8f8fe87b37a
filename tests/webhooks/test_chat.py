"""Messages for people in a chat."""

from typing import Any

import pytest

from apps.webhooks.chat import message_of

ORDER: dict[str, Any] = {
    "id": "1",
    "status": "paid",
    "total_amount": 1250,
    "currency": "usd",
    "product": {"name": "Book"},
    "customer": {"name": "<!channel> & Co", "email": "a@example.com"},
}


class TestSlack:
    def test_has_the_facts_of_an_order(self) -> None:
        message = message_of("slack", "order.paid", ORDER, "Acme")
        assert message is not None
        assert message["text"] == "Order paid: Acme"
        fields = [field["text"] for field in message["blocks"][1]["fields"]]
        assert fields[:2] == ["*Amount*\n$12.50", "*Product*\nBook"]

    def test_lets_nobody_call_everybody(self) -> None:
        message = message_of("slack", "order.paid", ORDER, "Acme")
        assert "<!channel>" not in str(message)
        assert "&lt;!channel&gt; &amp; Co" in str(message)


class TestDiscord:
    def test_has_the_facts_of_an_order(self) -> None:
        message = message_of("discord", "order.paid", ORDER, "Acme")
        assert message is not None
        [embed] = message["embeds"]
        assert embed["title"] == "Order paid"
        assert {field["name"]: field["value"] for field in embed["fields"]}["Amount"] == "$12.50"
        assert message["allowed_mentions"] == {"parse": []}

    def test_has_a_line_for_other_things(self) -> None:
        message = message_of("discord", "product.updated", {"id": "1", "name": "Book"}, "Acme")
        assert message is not None
        assert message["embeds"][0]["title"] == "Product updated"


class TestChanges:
    @pytest.mark.parametrize(
        ("data", "is_told"),
        [
            ({"status": "active"}, False),
            ({"status": "active", "cancel_at_period_end": True}, True),
            ({"status": "past_due"}, True),
            ({"status": "canceled"}, True),
            ({"status": "paused"}, True),
        ],
    )
    def test_of_a_subscription_are_told_when_they_matter(
        self, data: dict[str, Any], is_told: bool
    ) -> None:
        message = message_of("slack", "subscription.updated", data, "Acme")
        assert (message is not None) == is_told
