"""What staff see of a customer's people."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from apps.core.origin import Door, system_origin
from apps.customers.inputs import CustomerInput, OwnerInput
from apps.customers.operations import create_customer
from tests.backoffice.world import Sold


@pytest.mark.django_db
def test_page_of_a_team_shows_its_owner(staff: Callable[[str], Client], sold: Sold) -> None:
    owner = OwnerInput(email="boss@example.com", name="Ada Boss")
    team = create_customer(
        organization=sold.organization,
        data=CustomerInput(type="team", name="Team", owner=owner),
        origin=system_origin(Door.COMMAND),
    )

    answer = staff("viewer").get(reverse("admin:customers_customer_change", args=[team.pk]))

    text = answer.content.decode()
    assert "Members" in text
    assert "boss@example.com" in text
    assert "Ada Boss" in text
