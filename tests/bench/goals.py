"""
What is measured, what the reference system reached, and what we aim at.

Absolute figures do not travel between machines. A ratio to `pgbench -S -M simple` with eight
clients on the same server in the same run does, so goals and reference are such ratios. The goals
hold for two web workers at concurrency 8; other concurrencies are shown beside them.
"""

from dataclasses import dataclass

CONCURRENCIES = (1, 8, 32)
GOAL_CONCURRENCY = 8


@dataclass(frozen=True, slots=True)
class Target:
    """A kind of request: the best ratio of the reference system and ours to reach."""

    name: str
    # None: the reference system was not measured on it.
    reference_ratio: float | None
    goal_ratio: float


ORDERS_10 = Target("GET orders, limit 10", 0.0006, 0.0031)
ORDERS_100 = Target("GET orders, limit 100", 0.00028, 0.0014)
SUBSCRIPTIONS = Target("GET subscriptions, limit 100", 0.00043, 0.0021)
# One customer after the other, and a few again and again: the reference keeps an answer for a
# while and was measured with and without.
CUSTOMER_STATE = Target("GET customer state", 0.0021, 0.011)
SAME_CUSTOMER_STATE = Target("GET customer state, the same again", 0.0043, 0.021)
SAME_CUSTOMERS = 8
# The reference was not measured on a plain customer; its uncached customer state comes nearest.
CUSTOMER = Target("GET customer", 0.0021, 0.011)
PRODUCTS = Target("GET products, limit 100 (20 rows)", 0.0015, 0.0076)
CHECKOUT = Target("POST checkouts, fixed price", 0.0011, 0.0056)
VALIDATE = Target("POST validate a licence key, from the field", 0.0031, 0.015)
VALIDATE_BY_TOKEN = Target("POST validate a licence key, with a token", 0.0031, 0.015)
# The reference was not measured on these: its orders come nearest to the long lists, its state of
# a customer to the short ones of one customer.
CUSTOMERS = Target("GET customers, limit 100", None, 0.0014)
REFUNDS = Target("GET refunds, limit 100", None, 0.0014)
BENEFIT_GRANTS = Target("GET benefit grants, limit 100", None, 0.0014)
PORTAL_KEYS = Target("GET licence keys of a customer, limit 100", None, 0.0014)
PORTAL_GRANTS = Target("GET benefit grants of a customer", None, 0.011)

TARGETS = (
    ORDERS_10,
    ORDERS_100,
    SUBSCRIPTIONS,
    CUSTOMER_STATE,
    SAME_CUSTOMER_STATE,
    CUSTOMER,
    CUSTOMERS,
    PRODUCTS,
    REFUNDS,
    BENEFIT_GRANTS,
    PORTAL_KEYS,
    PORTAL_GRANTS,
    CHECKOUT,
    VALIDATE,
    VALIDATE_BY_TOKEN,
)

# Milliseconds at concurrency 8.
P99_GOAL = {ORDERS_10.name: 100.0}
P99_REFERENCE = {ORDERS_10.name: 450.0}
# Megabytes of one worker, and seconds from the start to the first answer.
MEMORY_START_GOAL, MEMORY_START_REFERENCE = 150.0, 812.0
MEMORY_PEAK_GOAL, MEMORY_PEAK_REFERENCE = 200.0, 968.0
COLD_START_GOAL, COLD_START_REFERENCE = 3.0, 8.6
