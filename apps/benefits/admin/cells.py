"""How benefits, grants and re-syncs are shown in lists."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.benefits.models import Benefit, BenefitGrant, Resync
from apps.benefits.operations.withholding import status_of
from apps.benefits.strategies import strategy_of
from apps.core.staff import columns, show

STATE_TONES = {
    "granted": "good",
    "waiting": "busy",
    "failed": "bad",
    "withheld": "warn",
    "revoked": "plain",
}


def type_of(benefit: Benefit) -> str:
    """The type in words."""
    try:
        return strategy_of(benefit.type).label
    except LookupError:
        return benefit.type


def _state(grant: BenefitGrant) -> SafeString:
    word = status_of(grant)
    return show.badge(word, STATE_TONES[word])


def _reason(grant: BenefitGrant) -> Any:
    if grant.error:
        return format_html("{}", grant.error["message"])
    if grant.attempt_count:
        return f"{grant.attempt_count} tries so far"
    return show.blank()


def _source(grant: BenefitGrant) -> Any:
    if grant.order_id:
        return show.link_to("orders", "order", grant.order_id, "Order")
    return show.link_to("subscriptions", "subscription", grant.subscription_id, "Subscription")


def progress(resync: Resync) -> SafeString:
    """How many of the grants are done."""
    if not resync.grant_count:
        percent = 100 if resync.finished_at else 0
    else:
        percent = 100 * done_count(resync) // resync.grant_count
    return format_html(
        '<progress class="bo-progress" max="100" value="{0}" aria-label="{0} %"></progress> {0} %',
        percent,
    )


def done_count(resync: Resync) -> int:
    """How many it has come to; read the row with `left`."""
    return resync.grant_count - int(getattr(resync, "left", 0))


TYPE = columns.column(type_of, "Type", order="type")
STATE = columns.column(_state, "State", kind="status")
REASON = columns.column(_reason, "Error")
SOURCE = columns.column(_source, "Granted by", kind="link")
GRANTED = columns.when("granted_at", "Granted")
REVOKED = columns.when("revoked_at", "Revoked")
# Words, not links: the first cell of a row opens the row itself.
BENEFIT = columns.column(lambda row: str(row.benefit), "Benefit", order="benefit__description")
CUSTOMER = columns.column(lambda row: str(row.customer), "Customer", order="customer__email")
BRIEF = (BENEFIT, STATE, REASON, SOURCE, GRANTED)
RESYNC = (
    columns.when("created_at", "Started"),
    columns.column(progress, "Progress"),
    columns.column(
        lambda one: f"{done_count(one):,} of {one.grant_count:,}", "Grants", kind="amount"
    ),
    columns.column(lambda one: f"{one.error_count:,}", "Failed", kind="amount"),
    columns.when("finished_at", "Finished"),
)
