"""The beat: it catches up, hands over, and survives a processor that does not answer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from apps.core.jobs import keep_jobs
from apps.organizations.models import Organization
from apps.reconciliation import tasks
from apps.reconciliation.models import Run
from apps.reconciliation.tasks import run_task
from apps.sandbox.operations import set_clock_back
from tests.support.reconciling import states
from tests.support.refunding import lost_payment
from tests.support.tills import Till


def test_reads_up_to_now(till: Till) -> None:
    lost_payment(till)
    run_task()
    assert states() == {"matched": 1}
    assert Run.objects.get().until_at is None


def test_hands_over_where_much_is_left(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    organization = till.merchant.organization
    organization.created_at -= timedelta(days=9)
    organization.save(update_fields=["created_at"])
    monkeypatch.setattr(tasks, "WINDOWS", 2)
    with keep_jobs() as kept:
        run_task()
        assert [one.name for one in kept] == ["reconciliation.run"]
        while kept:
            kept.pop().run()
    assert Run.objects.order_by("-started_at", "-pk")[0].until_at is None
    assert not Run.objects.filter(finished_at=None).exists()


def test_goes_on_later_when_nobody_answers(till: Till) -> None:
    lost_payment(till)
    till.sim.control("faults", {"kind": "500", "path": "/v1/balance_transactions", "count": 1})
    run_task()
    assert Run.objects.get().finished_at is None
    run_task()
    assert Run.objects.get().finished_at
    assert states() == {"matched": 1}


def test_waits_for_a_business_that_lives_in_its_past(till: Till) -> None:
    organization = till.merchant.organization
    set_clock_back(organization_id=organization.pk, span=timedelta(days=2))
    run_task()
    assert not Run.objects.exists()
    Organization.objects.filter(pk=organization.pk).update(clock_offset=timedelta())
    run_task()
    assert Run.objects.get().finished_at
