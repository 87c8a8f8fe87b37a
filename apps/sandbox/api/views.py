"""A merchant's test clock."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from rest_framework.request import Request

from apps.api.schema import documented
from apps.api.views import ApiView
from apps.core.errors import ResourceNotFound
from apps.sandbox.api.presenters import ClockRunBody, TestClockBody, present_clock_run
from apps.sandbox.api.serializers import AdvanceClockInput
from apps.sandbox.errors import ClockSpanInvalid
from apps.sandbox.operations import start_clock_run
from apps.sandbox.selectors import latest_clock_run


class TestClockView(ApiView):
    """The clock of a sandbox organization; there is none outside the sandbox."""

    scopes = {
        "GET": ("organizations:read", "organizations:write"),
        "POST": ("organizations:write",),
    }

    @documented("Get the test clock", operation_id="test_clock:get", answer=TestClockBody)
    def get(self, request: Request) -> Any:
        """What time it is, and how far a move of the clock has come."""
        _require_sandbox()
        run = latest_clock_run(self.organization.pk)
        return {"now": self.origin().at, "run": present_clock_run(run) if run else None}

    @documented(
        "Advance the test clock",
        operation_id="test_clock:advance",
        body=AdvanceClockInput,
        answer=ClockRunBody,
        status=201,
        errors=(409, ClockSpanInvalid),
    )
    def post(self, request: Request) -> Any:
        """Move the clock ahead; everything that becomes due happens on the way, in order."""
        _require_sandbox()
        run = start_clock_run(
            organization_id=self.organization.pk,
            span=timedelta(**self.read(AdvanceClockInput)),
            origin=self.origin(),
        )
        run.refresh_from_db()
        return self.created(present_clock_run(run))


def _require_sandbox() -> None:
    if not settings.SANDBOX:
        raise ResourceNotFound
