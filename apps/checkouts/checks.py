"""What must hold between checkouts and what was bought by them."""

from __future__ import annotations

from typing import Final

from apps.invariants.registry import Area, Check, by_query, register_check

CHECKS: Final = (
    Check(
        name="checkouts.succeeded_ones_sold",
        title="A checkout that succeeded has sold something",
        text="An order or a subscription came of it, once.",
        area=Area.RECORDS,
        subject="checkouts.checkout",
        find=by_query("""
            SELECT c.id, c.status FROM checkouts_checkout c
            WHERE c.status = 'succeeded'
                AND NOT EXISTS (SELECT 1 FROM orders_order o WHERE o.checkout_id = c.id)
                AND NOT EXISTS (SELECT 1 FROM subscriptions_subscription s
                    WHERE s.checkout_id = c.id)
                AND c.subscription_id IS NULL"""),
        repair="Replay the provider's events of its payment.",
    ),
    Check(
        name="checkouts.orders_cost_what_was_shown",
        title="An order costs what its checkout showed",
        area=Area.RECORDS,
        subject="orders.order",
        find=by_query("""
            SELECT o.id, format('%s+%s %s, shown %s+%s %s', o.net_amount, o.tax_amount,
                o.currency, c.net_amount, coalesce(c.tax_amount, 0), c.currency)
            FROM orders_order o JOIN checkouts_checkout c ON c.id = o.checkout_id
            WHERE c.status = 'succeeded' AND o.billing_reason = 'purchase'
                AND (o.net_amount <> c.net_amount OR o.tax_amount <> coalesce(c.tax_amount, 0)
                    OR o.currency <> c.currency)"""),
        repair="Refund the difference.",
    ),
    Check(
        name="checkouts.payments_are_followed_up",
        title="No checkout waits for the outcome of its payment for long",
        area=Area.FLOW,
        subject="checkouts.checkout",
        find=by_query("""
            SELECT c.id, format('confirmed at %s', c.confirmed_at) FROM checkouts_checkout c
            JOIN organizations_organization o ON o.id = c.organization_id
            WHERE c.status = 'confirmed'
                AND c.next_check_at < :at::timestamptz + o.clock_offset - interval '1 day'"""),
        repair="See that the periodic job checkouts.resume_checkouts runs.",
        repair_page="periodic_jobs",
    ),
)


def register() -> None:
    """Called once, when the app is ready."""
    for check in CHECKS:
        register_check(check)
