"""
The demo world of a sandbox: staff logins, a merchant with what it sold and what was disputed of
it, and a business that has sold subscriptions for two years.

Made through the operations that everybody uses, always the same, and safe to make again: what is
there already stays as it is.
"""

from apps.backoffice.demo.business import closing_line, seed_business
from apps.backoffice.demo.disputes import seed_disputes
from apps.backoffice.demo.inboxes import demo_inbox_url
from apps.backoffice.demo.links import example_link_url
from apps.backoffice.demo.sales import example_checkout_url, seed_sales
from apps.backoffice.demo.world import seed_world

__all__ = [
    "closing_line",
    "demo_inbox_url",
    "example_checkout_url",
    "example_link_url",
    "seed_business",
    "seed_disputes",
    "seed_sales",
    "seed_world",
]
