"""The trial that a checkout begins with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from apps.checkouts.models import Checkout
from apps.subscriptions.trials import trial_end


@dataclass(frozen=True, slots=True)
class Trial:
    """So many days, weeks, months or years."""

    interval: str
    count: int

    def end(self, start_at: datetime) -> datetime:
        """When it ends if it begins then."""
        return trial_end(start_at, interval=self.interval, count=self.count)


def active_trial(checkout: Checkout) -> Trial | None:
    """The trial of the checkout, else that of the product; None where the buyer pays at once."""
    product = checkout.product
    if product is None or not product.is_recurring or checkout.allow_trial is False:
        return None
    for source in (checkout, product):
        if source.trial_interval is not None:
            return Trial(source.trial_interval, source.trial_interval_count or 1)
    return None
