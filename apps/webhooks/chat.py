"""Events as messages of Discord and Slack. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from apps.core.money.formatting import format_amount

# Changes that say something to people; the others only move a date.
_TOLD_UPDATES: Final = frozenset({"canceled", "past_due", "revoked", "paused"})
_TITLES: Final = {
    "order.created": "New order",
    "order.paid": "Order paid",
    "order.refunded": "Order refunded",
    "refund.created": "Refund",
    "subscription.created": "New subscription",
    "subscription.active": "Subscription active",
    "subscription.canceled": "Subscription canceled",
    "subscription.uncanceled": "Cancellation taken back",
    "subscription.cycled": "Subscription renewed",
    "subscription.past_due": "Payment failed",
    "subscription.paused": "Subscription paused",
    "subscription.resumed": "Subscription resumed",
    "subscription.revoked": "Subscription ended",
    "subscription.updated": "Subscription changed",
}
_COLOR: Final = 0x2563EB


def message_of(
    format: str, event_type: str, data: Mapping[str, Any], merchant: str
) -> dict[str, Any] | None:
    """
    The message for `discord` or `slack` about an event whose `data` is as the API shows it.

    Orders, refunds and subscriptions have a card with their facts, other things one line. None for
    a change of a subscription that people need not hear of.
    """
    if event_type == "subscription.updated" and not _is_worth_telling(data):
        return None
    title = _TITLES.get(event_type) or event_type.replace("_", " ").replace(".", " ").capitalize()
    facts = dict(_facts(data))
    return (
        _discord(title, facts, merchant) if format == "discord" else _slack(title, facts, merchant)
    )


def _is_worth_telling(data: Mapping[str, Any]) -> bool:
    return bool(data.get("cancel_at_period_end")) or data.get("status") in _TOLD_UPDATES


def _facts(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    currency = data.get("currency")
    amount = next(
        (data[name] for name in ("total_amount", "amount") if data.get(name) is not None), None
    )
    if isinstance(amount, int) and isinstance(currency, str):
        found.append(("Amount", format_amount(amount, currency)))
    product, customer = data.get("product"), data.get("customer")
    if isinstance(product, Mapping):
        found.append(("Product", str(product.get("name"))))
    if isinstance(customer, Mapping):
        found.append(("Customer", str(customer.get("name") or customer.get("email") or "")))
    if status := data.get("status"):
        found.append(("Status", str(status).replace("_", " ")))
    if reason := data.get("reason"):
        found.append(("Reason", str(reason).replace("_", " ")))
    if not found and (name := data.get("name")):
        found.append(("Name", str(name)))
    return found


def _discord(title: str, facts: Mapping[str, str], merchant: str) -> dict[str, Any]:
    return {
        "username": merchant[:80],
        # Nobody is called by a name that a buyer typed.
        "allowed_mentions": {"parse": []},
        "embeds": [
            {
                "title": title,
                "color": _COLOR,
                "fields": [
                    {"name": name, "value": value[:1024] or "–", "inline": True}
                    for name, value in facts.items()
                ],
                "footer": {"text": merchant[:2048]},
            }
        ],
    }


def _slack(title: str, facts: Mapping[str, str], merchant: str) -> dict[str, Any]:
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": {"type": "plain_text", "text": title}},
    ]
    if facts:
        blocks.append(
            {
                "type": "section",
                "fields": [
                    {"type": "mrkdwn", "text": f"*{name}*\n{_escaped(value)[:1900] or '–'}"}
                    for name, value in facts.items()
                ],
            }
        )
    blocks.append(
        {"type": "context", "elements": [{"type": "plain_text", "text": merchant[:2000]}]}
    )
    return {"text": f"{title}: {merchant}", "blocks": blocks}


def _escaped(text: str) -> str:
    """Slack takes three characters for its own; what a buyer typed is no link and no mention."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
