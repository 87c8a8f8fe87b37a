"""The test clock over the API."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from apps.sandbox.models import ClockRun
from apps.sandbox.operations import run_clock
from tests.cases.world import Merchant, make_organization, origin_at

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def merchant() -> Merchant:
    return Merchant(make_organization())


class TestTheClock:
    def test_is_moved_and_says_when_it_is_done(self, merchant: Merchant) -> None:
        made = merchant.call("POST", "test-clock", {"days": 3, "hours": 12})
        assert made.status == 201
        run = ClockRun.objects.get(pk=made.body["id"])
        assert run.to_at - run.from_at == timedelta(days=3, hours=12)
        assert merchant.call("GET", "test-clock").body["run"]["status"] == "running"

        run_clock(run_id=run.pk, is_new=True, origin=origin_at())

        clock = merchant.call("GET", "test-clock").body
        assert (clock["run"]["status"], clock["run"]["percent"]) == ("done", 100)
        assert datetime.fromisoformat(clock["now"]) >= run.to_at

    def test_is_moved_by_one_at_a_time(self, merchant: Merchant) -> None:
        merchant.call("POST", "test-clock", {"days": 3})

        refused = merchant.call("POST", "test-clock", {"days": 3})

        assert (refused.status, refused.body["error"]) == (409, "ClockIsMoving")

    @pytest.mark.parametrize("body", [{}, {"days": -1}, {"days": 5000}, {"days": "soon"}])
    def test_goes_forward_only(self, merchant: Merchant, body: dict[str, Any]) -> None:
        assert merchant.call("POST", "test-clock", body).status == 422

    def test_does_not_exist_in_production(self, merchant: Merchant, settings: Any) -> None:
        settings.SANDBOX = False

        assert merchant.call("GET", "test-clock").status == 404
        assert merchant.call("POST", "test-clock", {"days": 1}).status == 404
