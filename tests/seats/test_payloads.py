"""What merchants are told of seats, and how much it costs to list them."""

from __future__ import annotations

import json
from importlib import import_module
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.api.wire import json_response
from apps.seats.api.presenters import present_seat, present_seats
from apps.seats.models import CustomerSeat
from apps.seats.operations import revoke_seat
from apps.seats.selectors import find_container
from tests.support.merchants import VERSIONS
from tests.support.seats import invite, make_team, seating_of, sit_down
from tests.support.subscribers import START, at

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("verb", ["assigned", "claimed", "revoked"])
def test_is_what_the_sdk_reads(version: str, verb: str) -> None:
    seat = invite(make_team()) if verb == "assigned" else sit_down(make_team())
    if verb == "revoked":
        seat = revoke_seat(seat_id=seat.pk, origin=at())
    told = {
        "type": f"customer_seat.{verb}",
        "timestamp": START.isoformat(),
        "api_version": version,
        "data": present_seat(seat),
    }
    module: Any = import_module(f"polar.v{version.replace('-', '_')}.webhooks")
    kind = getattr(module, f"WebhookCustomerSeat{verb.capitalize()}Payload")
    read = import_module("polar").deserialize(json.loads(json_response(told).content), kind)
    assert (read.data.id, read.data.status) == (str(seat.pk), seat.status)


def test_takes_as_many_queries_for_many_seats() -> None:
    team = make_team(seats=9)
    counts = []
    for people in (1, 6):
        for _ in range(people):
            sit_down(team)
        with CaptureQueriesContext(connection) as queries:
            present_seats(find_container(seating_of(team), at=START))
        counts.append(len(queries))
    assert CustomerSeat.objects.count() == 7
    assert counts == [2, 2]
