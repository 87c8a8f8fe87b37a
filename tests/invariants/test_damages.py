"""Every kind of damage is found by the check that is there for it."""

from __future__ import annotations

import pytest
from django.db import connection

from apps.core.clock import system_time
from apps.invariants.registry import registered_checks
from apps.invariants.selectors import results, violations
from tests.invariants.damages import DAMAGES, Damage
from tests.invariants.world import World

pytestmark = pytest.mark.django_db


def do_damage(damage: Damage, world: World) -> None:
    """Write it, past what would refuse it; undone with the transaction of the test."""
    keys = {
        "organization": world.organization.pk,
        "other": world.other.pk,
        "order": world.order.pk,
        "payment": world.payment.pk,
        "refunded": world.refunded.pk,
        "payout": world.payout.pk,
        "manual": world.manual.pk,
        "subscription": world.subscription.pk,
    }
    with connection.cursor() as cursor:
        for name in damage.without:
            table, _, constraint = name.rpartition(".")
            cursor.execute(
                f"ALTER TABLE {table} DROP CONSTRAINT {constraint}"
                if table
                else f"DROP INDEX {constraint}"
            )
        # Neither triggers nor foreign keys are asked.
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(damage.sql.format(**keys))
        assert cursor.rowcount, "Nothing was damaged."
        cursor.execute("SET LOCAL session_replication_role = origin")


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda one: one.name)
def test_is_found(damage: Damage, world: World) -> None:
    do_damage(damage, world)
    found = violations([registered_checks()[damage.check]], at=system_time())
    assert found, damage.name
    assert all(one.key and one.detail for one in found)


def test_every_check_has_a_damage_that_it_finds() -> None:
    """A check that nothing can break proves nothing."""
    assert set(registered_checks()) == {damage.check for damage in DAMAGES}


def test_counts_all_and_keeps_a_sample(world: World) -> None:
    [damage] = [one for one in DAMAGES if one.name == "a checkpoint that is off by a cent"]
    do_damage(damage, world)
    check = registered_checks()[damage.check]
    [result] = results([check], at=system_time(), limit=2)
    assert (len(result.findings.examples), result.outcome) == (2, "broken")
    assert result.findings.count > 10
