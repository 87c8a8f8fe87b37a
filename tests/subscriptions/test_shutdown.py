"""Who was shut out for a week loses what its customers still have."""

from __future__ import annotations

from datetime import timedelta

import pytest

from apps.core.jobs import keep_jobs
from apps.core.timers import Due
from apps.events.models import Event
from apps.organizations.models import Organization
from apps.organizations.operations import change_status
from apps.subscriptions.shutdown import PATIENCE, due_shutdown_ids, shut_down, shutdowns_due_by
from apps.subscriptions.tasks import shut_down_task
from tests.support.subscribers import START, at, make_merchant, make_subscription

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


def shut(status: str) -> Organization:
    merchant = make_merchant()
    make_subscription(merchant)
    ways = ("review", "offboarding", "offboarded") if status == "offboarded" else (status,)
    for to in ways:
        merchant = change_status(organization_id=merchant.pk, to=to, origin=at())
    return merchant


@pytest.mark.parametrize("status", ["denied", "blocked", "offboarded"])
def test_ends_them_silently_after_a_week(status: str) -> None:
    merchant = shut(status)
    due = START + PATIENCE
    assert shutdowns_due_by(merchant.pk, due - SECOND) == []
    assert shutdowns_due_by(merchant.pk, due) == [Due(due, merchant.pk, merchant.pk)]
    assert due_shutdown_ids(due - SECOND, 10) == []
    assert due_shutdown_ids(due, 10) == [merchant.pk]
    shut_down(merchant.pk, at(due))
    assert merchant.subscriptions.get().status == "canceled"
    assert Event.objects.get(type="subscription.revoked").payload["is_customer_told"] is False
    assert due_shutdown_ids(due, 10) == []


def test_leaves_those_alone_who_may_still_sell() -> None:
    merchant = make_subscription().organization
    change_status(organization_id=merchant.pk, to="review", origin=at())
    assert due_shutdown_ids(START + timedelta(days=400), 10) == []


def test_the_sweep_asks_for_a_batch_of_each(
    django_capture_on_commit_callbacks: object,
) -> None:
    merchant = shut("denied")
    with keep_jobs() as jobs, django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        shut_down_task()
    assert [(job.name, job.kwargs) for job in jobs] == [
        ("subscriptions.revoke_of_organization", {"organization_id": str(merchant.pk)})
    ]
