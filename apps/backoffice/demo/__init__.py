"""
The demo world of a sandbox: staff logins, one merchant, and what it sold.

Made through the operations that everybody uses, always the same, and safe to make again: what is
there already stays as it is.
"""

from apps.backoffice.demo.sales import example_checkout_url, seed_sales
from apps.backoffice.demo.world import seed_world

__all__ = ["example_checkout_url", "seed_sales", "seed_world"]
