"""Grants follow what is paid, one at a time, and say what went wrong."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from apps.benefits.models import Benefit, BenefitGrant
from apps.benefits.operations import (
    Entitlement,
    align_grants,
    cycle_grants,
    delete_benefit,
    spread_resync,
    update_benefit,
    work_on_grant,
)
from apps.benefits.selectors import grants_for
from apps.benefits.strategies import ActionRequired, Retriable
from apps.catalog.models import Product
from apps.core.ids import new_id
from apps.customers.models import Customer
from apps.customers.operations import delete_customer
from apps.customers.selectors import owner_of
from apps.events.models import Event
from apps.organizations.models import Organization
from tests.support.grants import let_time_pass, make_benefit, put_on, spy, work_off
from tests.support.subscribers import START, at, make_merchant, make_plan, make_subscriber

pytestmark = pytest.mark.django_db


class World:
    """A product with a benefit, and somebody who may pay for it."""

    def __init__(self) -> None:
        self.organization: Organization = make_merchant()
        self.product: Product = make_plan(self.organization)[0]
        self.customer: Customer = make_subscriber(self.organization)
        self.benefit = make_benefit(self.organization)
        put_on(self.product, self.benefit)
        self.source = new_id()

    def align(self, is_entitled: bool = True, **more: Any) -> Any:
        facts = {
            "organization_id": self.organization.pk,
            "customer_id": self.customer.pk,
            "product_id": self.product.pk,
            "subscription_id": self.source,
        } | more
        entitlement = Entitlement(is_entitled=is_entitled, **facts)
        return align_grants(entitlement=entitlement, origin=at())

    def grant(self) -> BenefitGrant:
        return BenefitGrant.objects.get(subscription_id=self.source)


@pytest.fixture
def world() -> World:
    spy()
    return World()


def events() -> list[str]:
    rows = Event.objects.filter(type__startswith="benefit_grant.").order_by("id")
    return list(rows.values_list("type", flat=True))


class TestAlign:
    def test_grants_what_is_paid_for_once(self, world: World) -> None:
        strategy = spy()
        assert world.align().grant == [world.benefit.pk]
        assert world.align().grant == []
        work_off()
        work_off()
        grant = world.grant()
        assert (grant.is_granted, grant.error, grant.next_attempt_at) == (True, None, None)
        assert strategy.verbs == ["grant"]
        assert events() == ["benefit_grant.created"]

    @pytest.mark.parametrize(("visibility", "seen"), [("public", 1), ("private", 0), ("draft", 0)])
    def test_is_seen_by_the_customer_if_it_is_public(
        self, world: World, visibility: str, seen: int
    ) -> None:
        Benefit.objects.filter(pk=world.benefit.pk).update(visibility=visibility)
        world.align()
        owner = owner_of(world.customer)
        assert owner is not None
        assert grants_for(world.customer, owner).count() == seen

    def test_revokes_what_is_not_paid_any_more(self, world: World) -> None:
        strategy = spy()
        world.align()
        work_off()
        assert world.align(False).revoke == [world.benefit.pk]
        assert world.align(False).revoke == []
        work_off()
        grant = world.grant()
        assert (grant.granted_at, grant.revoked_at, grant.properties) == (
            None,
            START,
            {"last": "revoke"},
        )
        assert strategy.verbs == ["grant", "revoke"]
        assert events() == ["benefit_grant.created", "benefit_grant.revoked"]

    def test_changes_its_mind_before_anybody_did_anything(self, world: World) -> None:
        strategy = spy()
        world.align()
        world.align(False)
        world.align()
        work_off()
        assert strategy.verbs == ["grant"]
        world.align(False)
        world.align()
        work_off()
        assert strategy.verbs == ["grant"]
        assert world.grant().is_granted

    def test_revokes_before_it_grants_when_the_product_changes(self, world: World) -> None:
        strategy = spy()
        world.align()
        work_off()
        other = make_plan(world.organization)[0]
        first, second = make_benefit(world.organization), make_benefit(world.organization)
        put_on(other, first, second)
        world.align(product_id=other.pk)
        rows = BenefitGrant.objects.filter(subscription_id=world.source).order_by("-id")
        for row in rows:
            work_on_grant(grant_id=row.pk, origin=at())
        assert strategy.verbs == ["grant", "revoke"], "the others wait for the revocation"
        work_off()
        assert strategy.verbs == ["grant", "revoke", "grant", "grant"]

    def test_cycles_what_is_granted(self, world: World) -> None:
        strategy = spy()
        world.align()
        assert cycle_grants(subscription_id=world.source, origin=at()) == 0
        work_off()
        assert cycle_grants(subscription_id=world.source, origin=at()) == 1
        work_off()
        assert strategy.verbs == ["grant", "cycle"]
        assert events() == ["benefit_grant.created", "benefit_grant.cycled"]


class TestWork:
    def test_keeps_what_the_customer_has_to_do(self, world: World) -> None:
        strategy = spy(failure=ActionRequired("Link an account first."))
        world.align()
        work_off()
        let_time_pass()
        work_off()
        assert strategy.verbs == ["grant"]
        error = world.grant().error
        assert error and error["message"] == "Link an account first."
        assert (error["type"], error["timestamp"]) == ("ActionRequired", START.isoformat())
        world.align(False)
        strategy.failure = None
        work_off()
        assert world.grant().is_revoked
        assert world.grant().error is None, "no error is left on a revoked grant"

    def test_waits_as_long_as_the_provider_says(self, world: World) -> None:
        strategy = spy(failure=Retriable("Busy.", delay=90))
        world.align()
        work_off()
        grant = world.grant()
        assert grant.next_attempt_at is not None and grant.modified_at is not None
        assert (grant.attempt_count, grant.error) == (1, None)
        row = BenefitGrant.objects.raw(
            "SELECT id, extract(epoch FROM next_attempt_at - clock_timestamp()) AS seconds "
            "FROM benefits_benefitgrant"
        )[0]
        assert 80 < row.seconds <= 90
        strategy.failure = None
        let_time_pass()
        work_off()
        assert world.grant().is_granted

    def test_gives_up_after_ten_tries_and_says_so(self, world: World) -> None:
        strategy = spy(failure=Retriable("Down."))
        world.align()
        for _ in range(12):
            work_off()
            let_time_pass()
        assert len(strategy.verbs) == 10
        error = world.grant().error
        assert error and error["type"] == "RetriesExhausted"

    def test_asks_the_strategy_for_the_last_grant_only(self, world: World) -> None:
        strategy = spy()
        second = new_id()
        world.align()
        world.align(subscription_id=second)
        work_off()
        world.align(False)
        work_off()
        assert strategy.verbs == ["grant", "grant"]
        assert world.grant().is_revoked
        world.align(False, subscription_id=second)
        work_off()
        assert strategy.verbs == ["grant", "grant", "revoke"]

    def test_asks_for_each_where_each_counts(self, world: World) -> None:
        strategy = spy(is_revoked_singly=True)
        world.align()
        world.align(subscription_id=new_id())
        work_off()
        world.align(False)
        work_off()
        assert strategy.verbs == ["grant", "grant", "revoke"]

    def test_asks_for_one_of_two_that_end_together(self, world: World) -> None:
        strategy = spy()
        second = new_id()
        world.align()
        world.align(subscription_id=second)
        work_off()
        world.align(False)
        world.align(False, subscription_id=second)
        work_off()
        assert "revoke" in strategy.verbs


class TestEnds:
    def test_of_the_benefit_revoke_it(self, world: World) -> None:
        world.align()
        work_off()
        delete_benefit(benefit_id=world.benefit.pk, origin=at())
        work_off()
        assert world.grant().is_revoked
        world.align()
        work_off()
        assert world.grant().is_revoked

    def test_of_the_customer_revoke_it(self, world: World) -> None:
        world.align()
        work_off()
        delete_customer(customer_id=world.customer.pk, origin=at())
        work_off()
        assert world.grant().is_revoked

    def test_between_planning_and_work_grant_nothing(self, world: World) -> None:
        strategy = spy()
        world.align()
        delete_benefit(benefit_id=world.benefit.pk, origin=at())
        for row in BenefitGrant.objects.all():
            work_on_grant(grant_id=row.pk, origin=at())
        work_off()
        assert "grant" not in strategy.verbs

    def test_count_as_revoked_when_the_provider_will_not_hear_of_it(self, world: World) -> None:
        strategy = spy()
        world.align()
        work_off()
        strategy.failure = Retriable("Down.")
        delete_customer(customer_id=world.customer.pk, origin=at())
        for _ in range(12):
            work_off()
            let_time_pass()
        assert world.grant().is_revoked


class TestResync:
    def test_brings_an_edit_to_who_has_it(self, world: World) -> None:
        strategy = spy()
        world.align()
        work_off()
        update_benefit(
            benefit_id=world.benefit.pk, changes={"properties": {"size": 2}}, origin=at()
        )
        work_off()
        assert strategy.verbs == ["grant", "update"]
        resync = world.benefit.resyncs.get()
        assert (resync.grant_count, resync.error_count, resync.finished_at) == (1, 0, START)

    def test_leaves_revoked_grants_alone(self, world: World) -> None:
        strategy = spy()
        world.align()
        work_off()
        world.align(False)
        work_off()
        update_benefit(
            benefit_id=world.benefit.pk, changes={"properties": {"size": 2}}, origin=at()
        )
        work_off()
        assert strategy.verbs == ["grant", "revoke"]
        assert world.benefit.resyncs.get().finished_at == START

    def test_is_spread_over_time(self, world: World) -> None:
        spy()
        sources = [new_id() for _ in range(4)]
        for source in sources:
            world.align(subscription_id=source)
        work_off()
        update_benefit(
            benefit_id=world.benefit.pk, changes={"properties": {"size": 2}}, origin=at()
        )
        spread_resync(resync_id=world.benefit.resyncs.get().pk, origin=at())
        due = sorted(
            row.next_attempt_at for row in BenefitGrant.objects.all() if row.next_attempt_at
        )
        pauses = [after - before for before, after in pairwise(due)]
        assert pauses == [timedelta(milliseconds=200)] * 3

    def test_counts_whom_it_did_not_reach(self, world: World) -> None:
        strategy = spy()
        world.align()
        work_off()
        strategy.failure = ActionRequired("No.")
        update_benefit(
            benefit_id=world.benefit.pk, changes={"properties": {"size": 2}}, origin=at()
        )
        work_off()
        resync = world.benefit.resyncs.get()
        assert (resync.error_count, resync.finished_at) == (1, START)
        assert world.grant().is_granted, "they still have it as it was"
