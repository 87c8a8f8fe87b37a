"""The scheduler's jobs in real workers: due subscriptions renew, a shut-down merchant's end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from apps.core.jobs import enqueue
from apps.core.origin import Door, system_origin
from apps.orders.models import Order
from apps.organizations.operations import change_status
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations import pause_subscription
from apps.subscriptions.operations.scheduling import CLAIM
from tests.support.brokers import OwnValkey, own_valkey
from tests.support.subscribers import make_merchant, make_plan, make_subscription
from tests.support.workers import eventually, worker

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def valkey() -> Iterator[OwnValkey]:
    with own_valkey() as server:
        yield server


class TestWorkers:
    def test_renew_resume_and_end_what_is_due(self, valkey: OwnValkey, tmp_path: Path) -> None:
        now = system_origin(Door.TASK).at
        merchant = make_merchant()
        plan = make_plan(merchant, interval="day", count=30)
        due = [
            make_subscription(merchant, plan=plan, moment=now - timedelta(days=days))
            for days in (30, 31, 95)
        ]
        held = make_subscription(merchant, plan=plan, moment=now - timedelta(days=40))
        Subscription.objects.filter(pk=held.pk).update(claimed_until=now + CLAIM)
        away = make_subscription(merchant, plan=plan, moment=now - timedelta(days=33))
        pause_subscription(
            subscription_id=away.pk,
            resumes_at=now - timedelta(hours=1),
            origin=replace(system_origin(Door.TASK), at=now - timedelta(days=20)),
        )
        Subscription.objects.filter(pk=away.pk).update(
            status="paused", paused_at=now - timedelta(days=3), pause_at_period_end=False
        )
        with worker(valkey.url, log=tmp_path / "worker.log"):
            enqueue("subscriptions.claim_due")
            enqueue("subscriptions.resume_due")
            rows = Subscription.objects.filter(pk__in=[one.pk for one in due])
            eventually(lambda: Order.objects.filter(subscription_id=away.pk).exists())
            eventually(lambda: Order.objects.exclude(subscription_id=away.pk).count() == 3)
            assert not rows.filter(claimed_until__isnull=False).exists()
            held.refresh_from_db()
            assert held.current_period_end_at < now
            away.refresh_from_db()
            # Resumed; without a card it may have missed its first payment by now.
            assert away.status in ("active", "past_due")
            for status in ("review", "offboarding", "offboarded"):
                change_status(
                    organization_id=merchant.pk,
                    to=status,
                    origin=system_origin(Door.COMMAND).because("The merchant moves away."),
                )
            # A week later.
            merchant.refresh_from_db()
            merchant.status_changed_at -= timedelta(days=8)
            merchant.save(update_fields=["status_changed_at"])
            enqueue("subscriptions.shut_down")
            living = Subscription.objects.exclude(status="canceled")
            eventually(lambda: not living.exists())
