"""What the next period and a change inside this one are foretold to cost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.test import override_settings

from apps.subscriptions.operations import previewing
from apps.tax.calculators import TaxRequest, TaxResult
from tests.cases.changing import make_scene, target_of
from tests.cases.registry import Facts, NotYet, adapter
from tests.cases.world import origin_at

AREA = "proration"
_tax_amount: ContextVar[int] = ContextVar("tax_amount", default=0)


class FixedTax:
    """A calculator that always finds what the scenario says, if there is something to tax."""

    name = "scenario"

    def calculate(self, request: TaxRequest) -> TaxResult:
        """The tax of the scenario."""
        amount = _tax_amount.get() if request.amount else 0
        return TaxResult(tax_amount=amount, behavior=request.behavior, processor=self.name)


@adapter(AREA, db=True)
def preview_charge(given: Facts, when: Facts) -> Facts:
    if given.get("metered_amount"):
        raise NotYet("usage")
    tax = given.get("tax") or {}
    scene = make_scene(given, has_credit=False, tax_behavior=tax.get("behavior"))
    with taxed(tax.get("amount", 0)):
        charge = previewing.preview_charge(subscription=scene.subscription)
    return {**charge_facts(charge), "proration_count": len(charge.prorations)}


@adapter(AREA, db=True)
def preview_change(given: Facts, when: Facts) -> Facts:
    scene = make_scene(given, has_credit=False)
    subscription = scene.subscription
    wanted: Facts = {name: when[name] for name in ("seats", "units") if when.get(name)}
    if when.get("new_product"):
        wanted["product"] = target_of(subscription, when["new_product"])
    preview = previewing.preview_change(
        subscription=subscription,
        behavior=when.get("behavior"),
        origin=origin_at(datetime.fromisoformat(when["at"])),
        **wanted,
    )
    charge = preview.charge or preview.difference
    lines = [line.amount for line in charge.prorations]
    return {**charge_facts(charge), "proration_lines": lines}


@contextmanager
def taxed(amount: int) -> Iterator[None]:
    """Have every order taxed by so much."""
    token = _tax_amount.set(amount)
    with override_settings(TAX_CALCULATORS=[f"{__name__}.FixedTax"]):
        yield
    _tax_amount.reset(token)


def charge_facts(charge: previewing.ChargePreview) -> Facts:
    """The sums of a preview as the tables call them."""
    return {
        "base_amount": charge.base_amount,
        "metered_amount": charge.metered_amount,
        "proration_amount": charge.proration_amount,
        "subtotal_amount": charge.subtotal_amount,
        "discount_amount": charge.discount_amount,
        "net_amount": charge.net_amount,
        "tax_amount": charge.tax_amount,
        "total_amount": charge.total_amount,
        "applied_balance_amount": charge.applied_balance_amount,
        "due_amount": charge.due_amount,
    }
