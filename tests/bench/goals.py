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
PRODUCTS = Target("GET products, limit 100 (20 rows)", 0.0015, 0.0076)
# The reference was not measured on a plain customer; its uncached customer state comes nearest.
CUSTOMER = Target("GET customer", 0.0021, 0.011)
SUBSCRIPTIONS = Target("GET subscriptions, limit 100", 0.00043, 0.0021)
CUSTOMER_STATE = Target("GET customer state", 0.0021, 0.011)
CHECKOUT = Target("POST checkouts, fixed price", 0.0011, 0.0056)
# One read of a wide row as with a plain customer, and a write that is committed.
VALIDATE = Target("POST validate a licence key, from the field", None, 0.008)
VALIDATE_BY_TOKEN = Target("POST validate a licence key, with a token", None, 0.007)

# Milliseconds at concurrency 8.
P99_GOAL = {ORDERS_10.name: 100.0}
P99_REFERENCE = {ORDERS_10.name: 450.0}
# Megabytes of one worker, and seconds from the start to the first answer.
MEMORY_START_GOAL, MEMORY_START_REFERENCE = 150.0, 812.0
MEMORY_PEAK_GOAL, MEMORY_PEAK_REFERENCE = 200.0, 968.0
COLD_START_GOAL, COLD_START_REFERENCE = 3.0, 8.6
