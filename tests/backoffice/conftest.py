"""Staff of each role, signed in."""

from collections.abc import Callable

import pytest
from django.test import Client

from apps.accounts.models import User
from tests.backoffice.world import Sold, make_sale


@pytest.fixture
def staff(db: None) -> Callable[[str], Client]:
    """A client of a staff member with a role; the user is on it."""

    def sign_in(role: str) -> Client:
        email = f"{role or 'nobody'}@example.com"
        user = User.objects.filter(email=email).first() or User.objects.create_user(
            email, "a long password", staff_role=role
        )
        client = Client()
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def sold(db: None) -> Sold:
    return make_sale()
