"""What must hold of subscriptions: one period after another, each billed once and on time."""

from __future__ import annotations

from typing import Final

from apps.invariants.registry import Area, Check, by_query, register_check

_LIVING: Final = "s.status IN ('trialing', 'active', 'past_due')"
_CLOCK: Final = ":at::timestamptz + o.clock_offset"

CHECKS: Final = (
    Check(
        name="subscriptions.nothing_is_billed_ahead",
        title="A subscription has one period to come",
        text="Nothing is billed of a period that has not begun.",
        area=Area.RECORDS,
        subject="subscriptions.subscription",
        find=by_query(f"""
            SELECT s.id, format('period ends %s, billed from %s', s.current_period_end_at,
                b.start_at)
            FROM subscriptions_subscription s JOIN (
                SELECT subscription_id, start_at FROM subscriptions_billingentry
                WHERE type = 'cycle'
                UNION ALL
                SELECT subscription_id, period_start_at FROM orders_order
                WHERE period_start_at IS NOT NULL
            ) b ON b.subscription_id = s.id AND b.start_at >= s.current_period_end_at
            WHERE {_LIVING}"""),  # noqa: S608
        repair="Refund the order that bills the later period.",
    ),
    Check(
        name="subscriptions.periods_are_billed_once",
        title="A period is billed once",
        area=Area.RECORDS,
        subject="orders.order",
        find=by_query("""
            SELECT min(id::text), format('%s orders of the period from %s', count(*),
                period_start_at)
            FROM orders_order WHERE subscription_id IS NOT NULL AND period_start_at IS NOT NULL
            GROUP BY subscription_id, period_start_at HAVING count(*) > 1"""),
        repair="Refund or void the later order.",
    ),
    Check(
        name="subscriptions.periods_do_not_overlap",
        title="A renewal begins where the period before it ends",
        area=Area.RECORDS,
        subject="orders.order",
        find=by_query("""
            SELECT o.id, format('from %s, though %s is billed already', o.period_start_at,
                before.period_end_at)
            FROM orders_order o JOIN orders_order before
                ON before.subscription_id = o.subscription_id
                AND before.period_start_at < o.period_start_at
                AND before.period_end_at > o.period_start_at
            WHERE o.billing_reason = 'subscription_cycle' AND before.status <> 'void'"""),
        repair="Refund what was billed twice.",
    ),
    Check(
        name="subscriptions.living_ones_have_prices",
        title="A subscription that lives has a price",
        text="Without one its renewals bill nothing.",
        area=Area.RECORDS,
        subject="subscriptions.subscription",
        find=by_query(f"""
            SELECT s.id, s.status FROM subscriptions_subscription s
            WHERE {_LIVING} AND NOT EXISTS (
                SELECT 1 FROM subscriptions_subscriptionprice p
                WHERE p.subscription_id = s.id)"""),  # noqa: S608
        repair="Change the subscription to the product that it is of.",
    ),
    Check(
        name="subscriptions.amounts_are_prices",
        title="What a period costs is the sum of the prices",
        text="Less a discount, where there is one.",
        area=Area.RECORDS,
        subject="subscriptions.subscription",
        find=by_query(f"""
            SELECT s.id, format('%s instead of %s', s.amount, sum(p.amount))
            FROM subscriptions_subscription s
            JOIN subscriptions_subscriptionprice p ON p.subscription_id = s.id
            WHERE {_LIVING} GROUP BY s.id
            HAVING s.amount > sum(p.amount)
                OR s.discount_id IS NULL AND s.amount <> sum(p.amount)"""),  # noqa: S608
        repair="Change the subscription to the product that it is of: its amounts are set anew.",
    ),
    Check(
        name="subscriptions.past_due_ones_owe",
        title="A subscription is past due because an order is not paid",
        area=Area.RECORDS,
        subject="subscriptions.subscription",
        find=by_query("""
            SELECT s.id, format('past due since %s', s.past_due_at)
            FROM subscriptions_subscription s WHERE s.status = 'past_due' AND NOT EXISTS (
                SELECT 1 FROM orders_order o WHERE o.subscription_id = s.id
                    AND o.status IN ('draft', 'pending'))"""),
        repair="Replay the provider's event of the last charge: what is paid becomes active.",
    ),
    Check(
        name="subscriptions.one_change_waits",
        title="At most one change waits for a period, and one for a payment",
        area=Area.RECORDS,
        subject="subscriptions.subscription",
        find=by_query("""
            SELECT subscription_id, format('%s changes wait for the %s', count(*), timing)
            FROM subscriptions_pendingupdate
            WHERE applied_at IS NULL AND discarded_at IS NULL
            GROUP BY subscription_id, timing HAVING count(*) > 1"""),
        repair="Discard the change that was not meant.",
    ),
    Check(
        name="subscriptions.entries_are_in_their_orders",
        title="What was billed of a subscription is in an order of it",
        area=Area.RECORDS,
        subject="subscriptions.subscription",
        find=by_query("""
            SELECT b.subscription_id, format('entry %s is in order %s', b.id, o.id)
            FROM subscriptions_billingentry b
            JOIN orders_orderitem i ON i.id = b.order_item_id
            JOIN orders_order o ON o.id = i.order_id
            WHERE o.subscription_id IS DISTINCT FROM b.subscription_id"""),
        repair="Refund the order that billed what another customer owes.",
    ),
    Check(
        name="subscriptions.due_ones_are_renewed",
        title="A period that is over is followed by the next",
        text="Within a day, by the organization's clock and if it may renew.",
        area=Area.FLOW,
        subject="subscriptions.subscription",
        find=by_query(f"""
            SELECT s.id, format('period ended %s', s.current_period_end_at)
            FROM subscriptions_subscription s
            JOIN organizations_organization o ON o.id = s.organization_id
            JOIN customers_customer c ON c.id = s.customer_id
            WHERE {_LIVING} AND o.deleted_at IS NULL AND c.deleted_at IS NULL
                AND (o.capabilities ->> 'subscription_renewals')::boolean
                AND s.current_period_end_at < {_CLOCK} - interval '1 day'
                AND NOT EXISTS (SELECT 1 FROM subscriptions_pendingupdate u
                    WHERE u.subscription_id = s.id AND u.timing = 'payment'
                        AND u.applied_at IS NULL AND u.discarded_at IS NULL)"""),  # noqa: S608
        repair="See who is held back, and whether workers take renewals up.",
        repair_page="scheduler",
    ),
    Check(
        name="subscriptions.paused_ones_resume",
        title="A pause ends when it was to end",
        area=Area.FLOW,
        subject="subscriptions.subscription",
        find=by_query(f"""
            SELECT s.id, format('was to resume at %s', s.resumes_at)
            FROM subscriptions_subscription s
            JOIN organizations_organization o ON o.id = s.organization_id
            JOIN customers_customer c ON c.id = s.customer_id
            WHERE s.status = 'paused' AND o.deleted_at IS NULL AND c.deleted_at IS NULL
                AND (o.capabilities ->> 'subscription_renewals')::boolean
                AND s.resumes_at < {_CLOCK} - interval '1 day'"""),  # noqa: S608
        repair="Resume it from its page.",
        repair_page="scheduler",
    ),
)


def register() -> None:
    """Called once, when the app is ready."""
    for check in CHECKS:
        register_check(check)
