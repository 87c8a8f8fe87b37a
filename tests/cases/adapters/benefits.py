"""Benefits: what is granted, revoked and left alone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from apps.benefits.models import Benefit, BenefitGrant
from apps.benefits.operations import (
    Entitlement,
    align_grants,
    revoke_grants_of_member,
    update_benefit,
)
from apps.benefits.operations import (
    delete_benefit as delete,
)
from apps.benefits.strategies import ActionRequired, Retriable
from apps.catalog.models import Product
from apps.core.ids import new_id
from apps.customers.models import Customer, Member
from apps.organizations.models import Organization
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations.entitling import align_benefits
from tests.cases.registry import Facts, NotYet, adapter
from tests.cases.world import NOW, make_customer, make_organization, origin_at
from tests.support.grants import SpyStrategy, make_benefit, put_on, spy, work_off
from tests.support.subscribers import make_plan, make_subscription

AREA = "benefits"
_FAILURES: dict[str, Exception] = {
    "action_required": ActionRequired("The customer has to act."),
    "retriable": Retriable("Try again later.", delay=60),
    "retry": Retriable("Try again later.", delay=60),
}


class Scene:
    """A customer who may be entitled to the benefits of a product."""

    def __init__(self, *, is_singly: bool = False) -> None:
        self.strategy: SpyStrategy = spy(is_revoked_singly=is_singly)
        self.organization: Organization = make_organization()
        self.customer: Customer = make_customer(self.organization)
        self.product: Product = make_plan(self.organization)[0]
        self.source = new_id()
        self.benefits: dict[str, Benefit] = {}

    def give(self, *names: str) -> None:
        """The product with exactly these benefits, made where they are new."""
        for name in names:
            if name not in self.benefits:
                self.benefits[name] = make_benefit(self.organization)
        put_on(self.product, *(self.benefits[name] for name in names))

    def align(self, is_entitled: bool, **more: Any) -> Any:
        """What is asked for."""
        facts = {
            "organization_id": self.organization.pk,
            "customer_id": self.customer.pk,
            "product_id": self.product.pk,
            "subscription_id": self.source,
        } | more
        return align_grants(
            entitlement=Entitlement(is_entitled=is_entitled, **facts), origin=origin_at()
        )

    def bring(self, state: str | None) -> None:
        """Have what is on the product in a state, as our own operations bring it about."""
        if state is None:
            return
        if state.startswith("errored"):
            self.strategy.failure = ActionRequired("The customer has to act.")
        self.align(True)
        if state != "pending":
            work_off(origin_at())
        self.strategy.failure = None
        if state.endswith("revoked"):
            self.align(False)
            work_off(origin_at())

    def names(self, ids: list[UUID]) -> list[str]:
        """The benefits by name, in order."""
        return sorted(name for name, row in self.benefits.items() if row.pk in ids)

    def grant(self) -> BenefitGrant:
        """The one grant."""
        return BenefitGrant.objects.get(subscription_id=self.source)

    def report(self) -> Facts:
        """What became of it."""
        grant = self.grant()
        return {
            "granted": grant.is_granted,
            "revoked": grant.is_revoked,
            "error_recorded": grant.error is not None,
            "strategy_called": bool(self.strategy.asked),
        }


def _scene(given: Facts) -> Scene:
    scene = Scene(is_singly=given.get("benefit_type") == "license_keys")
    scene.give("x")
    scene.bring(given.get("grant"))
    for _ in range(given.get("other_grants_of_same_benefit", 0)):
        scene.align(True, subscription_id=new_id())
    work_off(origin_at())
    scene.strategy.asked.clear()
    scene.strategy.failure = _FAILURES.get(given.get("strategy", ""))
    return scene


@adapter(AREA, db=True)
def grant(given: Facts, when: Facts) -> Facts:
    scene = _scene(given)
    scene.align(True)
    work_off(origin_at())
    return scene.report()


@adapter(AREA, db=True)
def revoke(given: Facts, when: Facts) -> Facts:
    scene = _scene(given)
    if given.get("grant") is None:
        scene.align(True)
    scene.align(False)
    work_off(origin_at())
    return scene.report()


@adapter(AREA, db=True)
def sync(given: Facts, when: Facts) -> Facts:
    scene = Scene()
    for name, state in given.get("grants", {}).items():
        # One after the other: what was brought about before stays as it is.
        scene.give(name)
        product, scene.product = scene.product, make_plan(scene.organization)[0]
        put_on(scene.product, scene.benefits[name])
        scene.bring(state)
        scene.product = product
        BenefitGrant.objects.filter(benefit=scene.benefits[name]).update(subscription_id=new_id())
    BenefitGrant.objects.update(subscription_id=scene.source)
    scene.give(*given["product_benefits"])
    asked = scene.align(when["task"] == "grant")
    return {
        "grant": scene.names(asked.grant),
        "revoke": scene.names(asked.revoke),
        "revoke_first": bool(asked.revoke),
    }


@adapter(AREA, db=True)
def subscription_sync(given: Facts, when: Facts) -> Facts:
    spy()
    days = given.get("grace_days", 0)
    organization = make_organization(
        subscription_settings={"benefit_revocation_grace_period": days}
    )
    subscription = make_subscription(organization)
    put_on(subscription.product, make_benefit(organization))
    status = given["subscription_status"]
    if status not in ("active", "trialing"):
        align_benefits(subscription_id=subscription.pk, origin=origin_at())
        work_off(origin_at())
    facts: dict[str, Any] = {
        "status": status,
        "seats": 3 if given.get("seat_based") else None,
        "past_due_at": NOW,
        "paused_at": NOW,
        "ended_at": NOW if status in ("canceled", "unpaid") else None,
        "trial_end_at": NOW,
    }
    Subscription.objects.filter(pk=subscription.pk).update(**facts)
    if facts["seats"]:
        BenefitGrant.objects.all().delete()
    else:
        BenefitGrant.objects.filter(subscription_id=subscription.pk, granted_at=None).delete()
    asked = align_benefits(subscription_id=subscription.pk, origin=origin_at())
    return {"task": "grant" if asked.grant else "revoke" if asked.revoke else None}


@adapter(AREA, db=True)
def update(given: Facts, when: Facts) -> Facts:
    scene = _scene(given)
    update_benefit(
        benefit_id=scene.benefits["x"].pk,
        changes={"properties": {"edited": True}},
        origin=origin_at(),
    )
    work_off(origin_at())
    return scene.report()


@adapter(AREA, op="delete", db=True)
def delete_granted(given: Facts, when: Facts) -> Facts:
    scene = _scene(given)
    delete(benefit_id=scene.benefits["x"].pk, origin=origin_at())
    work_off(origin_at())
    return scene.report()


@adapter(AREA, db=True)
def delete_benefit(given: Facts, when: Facts) -> Facts:
    spy()
    benefit = make_benefit(make_organization())
    Benefit.objects.filter(pk=benefit.pk).update(is_deletable=given["deletable"])
    delete(benefit_id=benefit.pk, origin=origin_at())
    return {"error": None}


@adapter(AREA, db=True)
def revoke_member(given: Facts, when: Facts) -> Facts:
    scene = Scene()
    scene.give("x")
    members = {name: _member(scene.customer, name) for name in _names(given["members"])}
    for member in members.values():
        scene.align(True, member_id=member.pk)
    work_off(origin_at())
    revoke_grants_of_member(member_id=members[when["member"]].pk, origin=origin_at())
    work_off(origin_at())
    rows = {row.member_id: row for row in BenefitGrant.objects.all()}
    return {
        "granted": [name for name, one in members.items() if rows[one.pk].is_granted],
        "revoked": [name for name, one in members.items() if rows[one.pk].is_revoked],
    }


@adapter(AREA, db=True)
def meter_credit(given: Facts, when: Facts) -> Facts:
    raise NotYet("meters")


def _names(members: Any) -> list[str]:
    return (
        [f"member {number}" for number in range(members)] if isinstance(members, int) else members
    )


def _member(customer: Customer, name: str) -> Member:
    return Member.objects.create(
        created_at=NOW,
        organization=customer.organization,
        customer=customer,
        email=f"{new_id().hex}@example.com",
        name=name,
    )
