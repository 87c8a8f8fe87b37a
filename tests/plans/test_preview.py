"""
Whatever a plan foretells is what happens, in whatever state everything is.

Random things befall a merchant, staff do random things to it, and each of these is planned first.
`PLAN_ACTIONS` says how many (thousands take some minutes), `PLAN_SEED` which.
"""

from __future__ import annotations

import os
from collections import Counter
from random import Random
from typing import Any, Final

import pytest

from apps.core.errors import DomainError
from apps.core.jobs import keep_jobs
from apps.organizations.models import Organization
from apps.webhooks.operations import EndpointInput, create_endpoint
from apps.webhooks.registry import EVENT_TYPES
from tests.payouts.conftest import make_bank
from tests.plans.looking import differences, look, requests
from tests.plans.office import Deed, Office
from tests.plans.world import deliver_all, run_payout_jobs, settle_in
from tests.support.books import broken_books
from tests.support.drafts import allow_off_session
from tests.support.payouts import link, make_account
from tests.support.stripesim import StripeSim, stripesim

__all__ = ["stripesim"]
pytestmark = pytest.mark.django_db(transaction=True)

ACTIONS: Final = int(os.environ.get("PLAN_ACTIONS", "150"))
SEED: Final = int(os.environ.get("PLAN_SEED", "1"))
# As many actions as one merchant lives through before another one begins.
LIFE: Final = 120


def make_world(sim: StripeSim, settings: Any, seed: int) -> Office:
    """A merchant who is paid out by the processor, or by people."""
    random = Random(seed)
    sim.control("config", {"refunds_need_balance": False})
    bank = make_bank(sim, settings)
    sim.control("balance", {"amount": 100_000_000})
    organization = bank.organization
    world = Office(sim, random, organization)
    if random.random() < 0.3:
        link(organization, make_account(at=world.origin.at, type="manual"), at=world.origin.at)
    create_endpoint(
        organization=organization,
        data=EndpointInput(url="https://merchant.example.com/hooks", events=list(EVENT_TYPES)),
        origin=world.origin,
    )
    allow_off_session(organization)
    capabilities = {**organization.capabilities, "refunds": True}
    Organization.objects.filter(pk=organization.pk).update(
        default_tax_behavior="exclusive", capabilities=capabilities
    )
    organization.refresh_from_db()
    settle_in(world)
    return world


def live(world: Office, count: int, tally: Counter[str]) -> None:
    """So many deeds of staff, with whatever befalls in between."""
    while count:
        if world.random.random() < 0.5:
            with keep_jobs():
                world.befall()
                deliver_all(world.origin)
            continue
        deed = world.deed()
        if deed is not None:
            tally[try_deed(world, deed)] += 1
            count -= 1


def try_deed(world: Office, deed: Deed) -> str:
    """Plan it, do it, compare; or see that what cannot be planned cannot be done either."""
    with keep_jobs() as jobs:
        # Mails about what was before are none of this deed.
        deliver_all(world.origin)
        before = look(world.organization, *deed.focus)
        world.sim.control("requests", method="DELETE")
        try:
            plan = deed.plan()
            plan.require(plan.fingerprint)
        except DomainError as error:
            refuse(world, deed, error)
            return "refused"
        assert requests(world.sim) == [], f"{deed.name}: planning asks only"
        try:
            deed.act(plan.fingerprint)
        except DomainError as error:
            # No plan can foretell that the processor refuses.
            assert is_refused(world.sim), (deed.name, error.detail)
            return "refused by the processor"
        asked = requests(world.sim)
        deliver_all(world.origin)
        after = look(world.organization, *deed.focus)
        if is_refused(world.sim):
            return "refused by the processor"
        found = differences(plan, before, after, asked)
        assert not found, "\n".join([deed.name, *found])
        if world.random.random() < 0.7:
            later(world, deed, [one.request for one in plan.calls if one.is_later], jobs)
    return deed.name.split()[0]


def is_refused(sim: StripeSim) -> bool:
    """Whether the processor has refused the last thing that it was asked for."""
    asked = sim.control("requests")["requests"]
    return bool(asked) and asked[-1]["status"] >= 400


def refuse(world: Office, deed: Deed, error: DomainError) -> None:
    """What cannot be planned is refused with the same words, and leaves no trace."""
    before = look(world.organization, *deed.focus)
    with pytest.raises(DomainError) as refusal:
        deed.act("whatever")
    assert (type(refusal.value), refusal.value.detail) == (type(error), error.detail), deed.name
    after = look(world.organization, *deed.focus)
    assert (before.said, before.held) == (after.said, after.held), deed.name
    assert requests(world.sim) == [], deed.name


def later(world: Office, deed: Deed, foretold: list[str], jobs: list[Any]) -> None:
    """What jobs then ask of the processor, if they are not refused on the way."""
    world.sim.control("requests", method="DELETE")
    run_payout_jobs(jobs)
    asked = requests(world.sim)
    if not is_refused(world.sim):
        assert asked == foretold, f"{deed.name}, later: {foretold} is not {asked}"


@pytest.mark.timeout(60 + ACTIONS)
def test_what_plans_foretell_happens(stripesim: StripeSim, settings: Any) -> None:
    tally: Counter[str] = Counter()
    for number in range(-(-ACTIONS // LIFE)):
        world = make_world(stripesim, settings, SEED * 1000 + number)
        live(world, min(LIFE, ACTIONS - number * LIFE), tally)
        with keep_jobs():
            world.hear_all()
        assert not broken_books()
    print(f"\n{sum(tally.values())} actions: {dict(tally.most_common())}")
    assert sum(tally.values()) == ACTIONS
    # It is not all refusals.
    assert tally["refused"] < ACTIONS * 0.8
    assert tally["refused by the processor"] < ACTIONS * 0.1
