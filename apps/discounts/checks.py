"""What must hold between discounts and their redemptions."""

from __future__ import annotations

from typing import Final

from apps.invariants.registry import Area, Check, by_query, register_check

CHECKS: Final = (
    Check(
        name="discounts.redemptions_are_counted",
        title="A discount counts its redemptions",
        area=Area.RECORDS,
        subject="discounts.discount",
        find=by_query("""
            SELECT d.id, format('counts %s instead of %s', d.redemptions_count, count(r.id))
            FROM discounts_discount d
            LEFT JOIN discounts_redemption r ON r.discount_id = d.id
            GROUP BY d.id HAVING d.redemptions_count <> count(r.id)"""),
        repair="The limit counts wrongly: end the discount, and give out another.",
    ),
    Check(
        name="discounts.limits_are_kept",
        title="No discount was redeemed more often than it may be",
        area=Area.RECORDS,
        subject="discounts.discount",
        find=by_query("""
            SELECT d.id, format('%s of %s', count(*), d.max_redemptions)
            FROM discounts_discount d JOIN discounts_redemption r ON r.discount_id = d.id
            WHERE d.max_redemptions IS NOT NULL
            GROUP BY d.id HAVING count(*) > d.max_redemptions"""),
        repair="Tell the merchant: it was given to more buyers than they had agreed to.",
    ),
)


def register() -> None:
    """Called once, when the app is ready."""
    for check in CHECKS:
        register_check(check)
