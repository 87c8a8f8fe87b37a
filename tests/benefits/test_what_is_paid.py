"""Whatever happens, in whatever order: what is granted is what the paid state implies."""

from __future__ import annotations

import contextlib
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from apps.benefits.errors import GrantNotDue, GrantSettled
from apps.benefits.models import BenefitGrant
from apps.benefits.operations import (
    delete_benefit,
    grant_again,
    lift_withdrawal,
    revoke_grant,
    update_benefit,
    withdraw_order,
)
from apps.benefits.strategies import Retriable
from apps.core.errors import DomainError
from apps.core.ids import new_id
from apps.customers.operations import delete_customer
from apps.orders.models import Order
from apps.orders.operations.entitling import align_order_benefits
from apps.subscriptions.locks import lock_subscription
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations import reinstate_subscription, revoke_subscription
from apps.subscriptions.operations.dunning import mark_active, mark_past_due
from apps.subscriptions.operations.entitling import align_benefits
from tests.support.grants import let_time_pass, make_benefit, put_on, spy, work_off
from tests.support.subscribers import (
    START,
    at,
    make_merchant,
    make_plan,
    make_subscriber,
    make_subscription,
)

BENEFITS, PLANS = 3, 2
ANY = st.integers(0, 9)


class Purchases(RuleBasedStateMachine):
    """One customer, two products, three benefits, and everything that can happen to them."""

    def __init__(self) -> None:
        super().__init__()
        self._undo = transaction.atomic()
        self._undo.__enter__()
        self.spy = spy()
        self.grace_days = 0
        self.organization = make_merchant(
            subscription_settings={"benefit_revocation_grace_period": 7}
        )
        self.customer = make_subscriber(self.organization)
        self.plans = [make_plan(self.organization, name=f"Plan {n}") for n in range(PLANS)]
        self.benefits = [make_benefit(self.organization) for _ in range(BENEFITS)]
        self.on: dict[UUID, list[UUID]] = {product.pk: [] for product, _ in self.plans}
        self.deleted: set[UUID] = set()
        self.withheld: set[UUID] = set()
        self.withdrawn: dict[UUID, UUID] = {}
        self.is_customer_gone = False
        self.is_down = False

    def teardown(self) -> None:
        """As if nothing had been."""
        transaction.set_rollback(True)
        self._undo.__exit__(None, None, None)

    # What customers and time do.

    @precondition(lambda self: not self.is_customer_gone)
    @rule(plan=ANY)
    def subscribe(self, plan: int) -> None:
        """Another subscription."""
        if Subscription.objects.count() < 3:
            make_subscription(
                self.organization, plan=self.plans[plan % PLANS], customer=self.customer
            )

    @precondition(lambda self: not self.is_customer_gone)
    @rule(plan=ANY)
    def buy(self, plan: int) -> None:
        """A purchase that is paid."""
        order = Order.objects.create(
            created_at=START,
            organization=self.organization,
            customer=self.customer,
            product=self.plans[plan % PLANS][0],
            status="paid",
            paid_at=START,
            billing_reason="purchase",
            currency="usd",
            subtotal_amount=1000,
            net_amount=1000,
        )
        align_order_benefits(order_id=order.pk, origin=at())

    @rule(which=ANY, move=st.sampled_from(["past_due", "active", "revoke", "reinstate"]))
    def move(self, which: int, move: str) -> None:
        """A subscription is not paid, is paid after all, ends, or comes back."""
        found = self._one(Subscription.objects.order_by("id"), which)
        if found is None:
            return
        with contextlib.suppress(DomainError):
            if move == "past_due":
                mark_past_due(lock_subscription(found.pk), origin=at())
            elif move == "active":
                mark_active(lock_subscription(found.pk), origin=at())
            elif move == "revoke":
                revoke_subscription(subscription_id=found.pk, origin=at())
            else:
                reinstate_subscription(subscription_id=found.pk, origin=at())

    @rule(which=ANY)
    def take_back(self, which: int) -> None:
        """A refund that revokes, or a lost dispute."""
        order = self._one(Order.objects.filter(subscription_id=None).order_by("id"), which)
        if order is not None and order.pk not in self.withdrawn:
            cause = self.withdrawn[order.pk] = new_id()
            withdraw_order(
                organization_id=self.organization.pk,
                order_id=order.pk,
                cause="refund",
                cause_id=cause,
                origin=at(),
            )
            align_order_benefits(order_id=order.pk, origin=at())

    @precondition(lambda self: self.withdrawn)
    @rule(which=ANY)
    def give_back(self, which: int) -> None:
        """The refund has failed."""
        order_id = list(self.withdrawn)[which % len(self.withdrawn)]
        lift_withdrawal(cause="refund", cause_id=self.withdrawn.pop(order_id), origin=at())
        align_order_benefits(order_id=order_id, origin=at())

    # What merchants and staff do.

    @rule(plan=ANY, chosen=st.sets(st.integers(0, BENEFITS - 1)))
    def choose(self, plan: int, chosen: set[int]) -> None:
        """Other benefits for a product; the jobs come to everybody who has it."""
        product = self.plans[plan % PLANS][0]
        living = [self.benefits[n] for n in sorted(chosen)]
        living = [one for one in living if one.pk not in self.deleted]
        put_on(product, *living)
        self.on[product.pk] = [one.pk for one in living]
        for found in Subscription.objects.filter(product=product, ended_at=None):
            align_benefits(subscription_id=found.pk, origin=at())
        for order in Order.objects.filter(product=product, subscription_id=None):
            align_order_benefits(order_id=order.pk, origin=at())

    @precondition(lambda self: not self.deleted)
    @rule(which=st.integers(0, BENEFITS - 1))
    def delete(self, which: int) -> None:
        """A benefit is gone."""
        benefit = self.benefits[which]
        delete_benefit(benefit_id=benefit.pk, origin=at())
        self.deleted.add(benefit.pk)
        for ids in self.on.values():
            if benefit.pk in ids:
                ids.remove(benefit.pk)

    @rule(which=st.integers(0, BENEFITS - 1), size=st.integers(1, 9))
    def edit(self, which: int, size: int) -> None:
        """A benefit is another."""
        benefit = self.benefits[which]
        if benefit.pk not in self.deleted:
            changes = {"properties": {"size": size}}
            update_benefit(benefit_id=benefit.pk, changes=changes, origin=at())

    @rule(which=ANY)
    def withhold(self, which: int) -> None:
        """Staff take one back."""
        grant = self._one(BenefitGrant.objects.order_by("id"), which)
        if grant is not None and grant.withheld_at is None:
            revoke_grant(grant_id=grant.pk, origin=at())
            self.withheld.add(grant.pk)

    @rule(which=ANY)
    def release(self, which: int) -> None:
        """Staff grant one again."""
        grant = self._one(BenefitGrant.objects.order_by("id"), which)
        if grant is not None:
            try:
                with transaction.atomic():
                    grant_again(grant_id=grant.pk, origin=at())
            except (GrantNotDue, GrantSettled):
                return
            self.withheld.discard(grant.pk)

    @precondition(lambda self: not self.is_customer_gone and Subscription.objects.exists())
    @rule(sure=ANY)
    def forget(self, sure: int) -> None:
        """Seldom: the customer is deleted."""
        if sure == 0:
            delete_customer(customer_id=self.customer.pk, origin=at())
            self.is_customer_gone = True

    @rule()
    def outage(self) -> None:
        """The provider is down, or up again."""
        self.is_down = not self.is_down
        self.spy.failure = Retriable("Down.") if self.is_down else None

    # What must hold.

    @invariant()
    def everybody_has_what_they_paid_for(self) -> None:
        """Once the workers are done, and the provider is up."""
        work_off(at())
        if self.is_down:
            return
        let_time_pass()
        work_off(at())
        granted = {
            (row.subscription_id or row.order_id, row.benefit_id)
            for row in BenefitGrant.objects.filter(granted_at__isnull=False)
        }
        expected = self._expected()
        assert granted == expected
        assert not BenefitGrant.objects.filter(next_attempt_at__isnull=False).exists()
        self._require_provider_agrees({benefit_id for _, benefit_id in expected})

    def _expected(self) -> set[tuple[Any, UUID]]:
        if self.is_customer_gone:
            return set()
        kept = {
            (row.subscription_id or row.order_id, row.benefit_id)
            for row in BenefitGrant.objects.filter(pk__in=self.withheld)
        }
        paid = [
            (found.pk, found.product_id)
            for found in Subscription.objects.filter(status__in=["active", "past_due"])
        ]
        paid += [
            (order.pk, order.product_id)
            for order in Order.objects.filter(subscription_id=None)
            if order.pk not in self.withdrawn
        ]
        return {
            (source, benefit_id) for source, product in paid for benefit_id in self.on[product]
        } - kept

    def _require_provider_agrees(self, alive: set[UUID]) -> None:
        """The last thing that was asked of each benefit says whether the customer has it."""
        last = {UUID(benefit_id): verb for verb, benefit_id in self.spy.asked}
        for benefit in self.benefits:
            if benefit.pk in last:
                assert (last[benefit.pk] != "revoke") == (benefit.pk in alive), benefit.pk

    @staticmethod
    def _one(rows: Any, which: int) -> Any:
        found = list(rows)
        return found[which % len(found)] if found else None


@pytest.mark.django_db
def test_what_is_granted_is_what_is_paid_for() -> None:
    run_state_machine_as_test(
        Purchases,
        settings=settings(
            max_examples=15,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
