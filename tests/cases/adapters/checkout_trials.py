"""Trials of checkouts, and the guard against taking one twice."""

from apps.catalog.models import Product
from apps.checkouts.models import Checkout
from apps.checkouts.operations import (
    NewCheckout,
    confirm_checkout,
    create_checkout,
    resume_checkout,
    update_checkout,
)
from apps.checkouts.operations.guarding import take_what_is_limited
from apps.checkouts.trials import active_trial
from apps.core.addresses import InvalidEmail
from apps.core.addresses import unalias_email as unaliased
from apps.core.ids import new_id
from apps.organizations.models import Organization
from apps.subscriptions.models import TrialRedemption
from apps.subscriptions.operations import redeem_trial
from tests.cases.registry import Facts, adapter
from tests.cases.subscribing import make_product, renewing_organization
from tests.cases.world import Merchant, make_customer, origin_at

AREA = "trials"
PRICES = [{"type": "fixed", "amount": 1000}]
# What saves no card begins its trial at once, without a processor.
GIVEN_AWAY = [{"type": "fixed", "amount": 0}]


@adapter(AREA, db=True, op="create_checkout")
def create(given: Facts, when: Facts) -> Facts:
    product = _product(renewing_organization(), given)
    return _facts(_open(product, when.get("trial")))


@adapter(AREA, db=True, op="update_checkout")
def update(given: Facts, when: Facts) -> Facts:
    product = _product(renewing_organization(), given)
    checkout = _open(product, given.get("checkout_trial"))
    changes = _fields(when.get("trial"))
    if "allow_trial" in when:
        changes["allow_trial"] = when["allow_trial"]
    return _facts(update_checkout(checkout_id=checkout.pk, changes=changes, origin=origin_at()))


@adapter(AREA, db=True, op="confirm_checkout")
def confirm(given: Facts, when: Facts) -> Facts:
    organization = renewing_organization()
    organization.subscription_settings["prevent_trial_abuse"] = given["prevent_trial_abuse"]
    organization.save(update_fields=["subscription_settings"])
    product = _product(organization, given)
    for past in given["past_redemptions"]:
        redeem_trial(
            organization=organization,
            customer=make_customer(organization, email=past["email"]),
            product=product,
            checkout_id=new_id(),
            email=past["email"],
            fingerprint=past["fingerprint"],
            origin=origin_at(),
        )
    checkout = _open(product, when.get("trial"), customer_email=when["email"])
    take_what_is_limited(checkout, when["fingerprint"], origin_at())
    return {"error": None}


@adapter(AREA, db=True)
def checkout_succeeds(given: Facts, when: Facts) -> Facts:
    product = _product(renewing_organization(), given, GIVEN_AWAY)
    checkout = _open(product, given.get("checkout_trial"))
    confirm_checkout(
        checkout_id=checkout.pk,
        changes={"customer_email": "customer@example.com"},
        confirmation_token_id=None,
        origin=origin_at(),
    )
    resume_checkout(checkout_id=checkout.pk, origin=origin_at())
    return {"trial_redemptions": TrialRedemption.objects.filter(checkout_id=checkout.pk).count()}


@adapter(AREA)
def unalias_email(given: Facts, when: Facts) -> Facts:
    try:
        return {"result": unaliased(when["email"]), "error": None}
    except InvalidEmail:
        return {"result": None, "error": "invalid_email"}


@adapter(AREA, db=True)
def validate_trial_config(given: Facts, when: Facts) -> Facts:
    product = _product(renewing_organization(), {})
    names = ("trial_interval", "trial_interval_count")
    fields = {name: when[name] for name in names}
    body = {"products": [str(product.pk)], **fields}
    answer = Merchant(product.organization).call("POST", "checkouts/", body)
    return {"valid": answer.status == 201}


def _product(
    organization: Organization, given: Facts, prices: list[Facts] | None = None
) -> Product:
    trial = given.get("product_trial") or {}
    is_recurring = given.get("recurring", True)
    product, _ = make_product(
        organization,
        prices or PRICES,
        recurring_interval="month" if is_recurring else None,
        recurring_interval_count=1 if is_recurring else None,
        trial_interval=trial.get("interval"),
        trial_interval_count=trial.get("count"),
    )
    return product


def _open(product: Product, trial: Facts | None, **details: str) -> Checkout:
    return create_checkout(
        organization=product.organization,
        data=NewCheckout(product_ids=[product.pk], details={**_fields(trial), **details}),
        origin=origin_at(),
    )


def _fields(trial: Facts | None) -> Facts:
    if trial is None:
        return {}
    return {"trial_interval": trial["interval"], "trial_interval_count": trial["count"]}


def _facts(checkout: Checkout) -> Facts:
    trial = active_trial(checkout)
    own = None
    if checkout.trial_interval is not None:
        own = {"interval": checkout.trial_interval, "count": checkout.trial_interval_count}
    return {
        "own_trial": own,
        "active_trial": {"interval": trial.interval, "count": trial.count} if trial else None,
        "has_trial_end": checkout.trial_end_at is not None,
    }
