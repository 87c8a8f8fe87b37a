"""The screens of test clocks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.events.models import Event
from apps.sandbox.models import ClockRun
from tests.backoffice.conftest import staff
from tests.backoffice.world import make_organization

__all__ = ["staff"]

Staff = Callable[[str], Client]

pytestmark = pytest.mark.django_db


def advance(client: Client, slug: str, **fields: Any) -> Any:
    body = {
        "organization": slug,
        "days": 40,
        "hours": 0,
        "reason": "To see a renewal",
        "_form_submitted": "on",
        **fields,
    }
    return client.post(reverse("admin:sandbox_clockrun_advance"), body)


class TestAdvance:
    def test_starts_a_run_with_a_reason(self, staff: Staff) -> None:
        organization = make_organization()

        advance(staff("support"), organization.slug)

        run = ClockRun.objects.get(organization=organization)
        assert run.to_at - run.from_at == timedelta(days=40)
        event = Event.objects.get(type="organization.clock_started")
        assert (event.actor, event.reason) == ("staff", "To see a renewal")

    def test_is_not_for_viewers(self, staff: Staff) -> None:
        organization = make_organization()

        assert advance(staff("viewer"), organization.slug).status_code == 403
        assert not ClockRun.objects.exists()

    def test_says_what_is_wrong(self, staff: Staff) -> None:
        organization = make_organization()

        text = advance(staff("support"), organization.slug, days=0).content.decode()

        assert "Say how far" in text
        assert not ClockRun.objects.exists()

    def test_is_offered_on_the_page_of_the_organization(self, staff: Staff) -> None:
        organization = make_organization()
        advance(staff("support"), organization.slug)

        page = reverse("admin:organizations_organization_change", args=[organization.pk])
        text = staff("support").get(page).content.decode()

        assert "Test clock" in text
        assert f"?organization={organization.slug}" in text
        assert "0 %" in text

    def test_shows_what_happened(self, staff: Staff) -> None:
        organization = make_organization()
        advance(staff("support"), organization.slug)
        run = ClockRun.objects.get()
        run.counts = {"renewals": 12}
        run.failures = [{"kind": "renewals", "subject": "s1", "message": "It broke."}]
        run.failure_count = 1
        run.save()

        page = reverse("admin:sandbox_clockrun_change", args=[run.pk])
        text = staff("viewer").get(page).content.decode()

        assert "renewals" in text
        assert "It broke." in text
