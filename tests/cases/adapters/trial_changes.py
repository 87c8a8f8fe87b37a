"""Another product while a trial runs."""

from datetime import datetime

from apps.subscriptions.operations import change_product as change_to
from tests.cases.registry import Facts, adapter
from tests.cases.subscribing import Watch, make_product, make_row, origin_at


@adapter("trials", db=True)
def change_product(given: Facts, when: Facts) -> Facts:
    subscription = make_row(given)
    product, _ = make_product(
        subscription.organization,
        [{"type": "fixed", "amount": 2000}],
        recurring_interval=given.get("interval") or "month",
        trial_interval=when.get("new_trial_interval"),
        trial_interval_count=when.get("new_trial_interval_count"),
    )
    watch = Watch(subscription)
    change_to(
        subscription_id=subscription.pk,
        product_id=product.pk,
        behavior=when.get("behavior"),
        origin=origin_at(datetime.fromisoformat(when["at"])),
    )
    return watch.facts()
