"""Benefits on products, and the work on grants as the workers would do it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.db.models import F
from django.db.models.functions import Now

from apps.benefits.models import Benefit, BenefitGrant, Resync
from apps.benefits.operations import (
    BenefitInput,
    create_benefit,
    revoke_grants_of_benefit,
    set_product_benefits,
    spread_resync,
    work_on_grant,
)
from apps.benefits.strategies import Strategy, Work, register
from apps.catalog.models import Product
from apps.core.origin import Origin
from apps.events.models import Delivery
from apps.events.operations import deliver
from apps.organizations.models import Organization
from tests.support.subscribers import at

ROUNDS = 20


@dataclass
class SpyStrategy(Strategy):
    """Keeps what it is asked, and fails as it is told."""

    type: ClassVar[str] = "spy"
    label: ClassVar[str] = "Spy"
    asked: list[tuple[str, str]] = field(default_factory=list)
    failure: Exception | None = None

    def clean(self, organization: Organization, given: Any, before: Any = None) -> dict[str, Any]:
        """Anything."""
        return dict(given)

    def _answer(self, verb: str, work: Work) -> dict[str, Any]:
        self.asked.append((verb, str(work.benefit.pk)))
        if self.failure is not None:
            raise self.failure
        return {**work.properties, "last": verb}

    def grant(self, work: Work) -> dict[str, Any]:
        """Grant, or update."""
        return self._answer("update" if work.is_update else "grant", work)

    def cycle(self, work: Work) -> dict[str, Any]:
        """Cycle."""
        return self._answer("cycle", work)

    def revoke(self, work: Work) -> dict[str, Any]:
        """Revoke."""
        return self._answer("revoke", work)

    def needs_update(self, before: Any, after: Any) -> bool:
        """If anything differs."""
        return bool(before != after)

    @property
    def verbs(self) -> list[str]:
        """What was asked, in order."""
        return [verb for verb, _ in self.asked]


def spy(**traits: Any) -> SpyStrategy:
    """A fresh spy behind the type `spy`."""
    strategy = SpyStrategy()
    for name, value in traits.items():
        setattr(strategy, name, value)
    register("spy", strategy)
    return strategy


def make_benefit(
    organization: Organization, benefit_type: str = "spy", **properties: Any
) -> Benefit:
    """A benefit of the organization."""
    data = BenefitInput(type=benefit_type, description="A benefit", properties=properties)
    return create_benefit(organization=organization, data=data, origin=at())


def put_on(product: Product, *benefits: Benefit, origin: Origin | None = None) -> None:
    """The product with exactly these benefits."""
    set_product_benefits(
        product_id=product.pk, benefit_ids=[one.pk for one in benefits], origin=origin or at()
    )


def work_off(origin: Origin | None = None, *, again: Callable[[], Any] | None = None) -> None:
    """Do everything that is due, as outbox, workers and sweep would: until nothing is left."""
    now = origin or at()
    for _ in range(ROUNDS):
        owed = list(Delivery.objects.filter(done_at=None).order_by("id"))
        done = [deliver(delivery_id=one.pk, origin=now) for one in owed]
        for resync in Resync.objects.filter(finished_at=None, grant_count=0):
            spread_resync(resync_id=resync.pk, origin=now)
        for benefit in Benefit.objects.filter(deleted_at__isnull=False):
            revoke_grants_of_benefit(benefit_id=benefit.pk, origin=now)
        due = BenefitGrant.objects.filter(next_attempt_at__lte=Now()).order_by("id")
        worked = [work_on_grant(grant_id=pk, origin=now) for pk in due.values_list("pk", flat=True)]
        if again is not None:
            again()
        if not any(done) and not any(worked):
            return
    raise AssertionError("There is always something left to do.")


def let_time_pass() -> None:
    """Have everything due that waits for a later try."""
    BenefitGrant.objects.filter(next_attempt_at__gt=Now()).update(next_attempt_at=Now())


def held(customer_id: Any) -> list[str]:
    """The descriptions' types of what a customer has, in the order of granting."""
    rows = BenefitGrant.objects.filter(customer_id=customer_id, granted_at__isnull=False)
    return list(rows.order_by(F("id")).values_list("benefit__type", flat=True))
