"""Damage to subscriptions."""

from tests.invariants.damages.kinds import Damage

SUBSCRIPTIONS = (
    Damage(
        "a period billed before it began",
        "subscriptions.nothing_is_billed_ahead",
        "UPDATE subscriptions_billingentry SET start_at = now() + interval '40 days'",
    ),
    Damage(
        "a period billed twice",
        "subscriptions.periods_are_billed_once",
        "UPDATE orders_order SET subscription_id = '{subscription}', "
        "period_start_at = now() - interval '40 days', period_end_at = now()",
        ("orders_order.orders_order_one_per_period",),
    ),
    Damage(
        "a renewal within a period",
        "subscriptions.periods_do_not_overlap",
        "UPDATE orders_order SET subscription_id = '{subscription}', "
        "billing_reason = 'subscription_cycle', "
        "period_start_at = CASE id WHEN '{order}' THEN now() - interval '40 days' "
        "ELSE now() - interval '20 days' END, period_end_at = now() + interval '9 days' "
        "WHERE id IN ('{order}', '{refunded}')",
    ),
    Damage(
        "a subscription without a price",
        "subscriptions.living_ones_have_prices",
        "DELETE FROM subscriptions_subscriptionprice",
    ),
    Damage(
        "an amount that is not the prices'",
        "subscriptions.amounts_are_prices",
        "UPDATE subscriptions_subscription SET amount = amount - 1",
    ),
    Damage(
        "a debt that nobody has",
        "subscriptions.past_due_ones_owe",
        "UPDATE subscriptions_subscription SET status = 'past_due', past_due_at = now(); "
        "DELETE FROM orders_order WHERE status IN ('draft', 'pending')",
    ),
    Damage(
        "two changes that wait",
        "subscriptions.one_change_waits",
        "INSERT INTO subscriptions_pendingupdate (id, created_at, organization_id, "
        "subscription_id, timing, applies_at, changes_discount, behavior, details) "
        "SELECT gen_random_uuid(), now(), organization_id, id, 'period', now(), false, '', '{{}}' "
        "FROM subscriptions_subscription, generate_series(1, 2)",
        ("subscriptions_pendingupdate_one",),
    ),
    Damage(
        "an entry in another's order",
        "subscriptions.entries_are_in_their_orders",
        "UPDATE subscriptions_billingentry SET order_item_id = "
        "(SELECT id FROM orders_orderitem WHERE order_id = '{order}' LIMIT 1)",
    ),
    Damage(
        "a renewal that was forgotten",
        "subscriptions.due_ones_are_renewed",
        "UPDATE subscriptions_subscription SET current_period_end_at = now() - interval '2 days'",
    ),
    Damage(
        "a pause that does not end",
        "subscriptions.paused_ones_resume",
        "UPDATE subscriptions_subscription SET status = 'paused', paused_at = now(), "
        "resumes_at = now() - interval '2 days'",
    ),
)
