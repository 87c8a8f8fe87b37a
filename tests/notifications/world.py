"""An organization that writes mails."""

from __future__ import annotations

from uuid import UUID

import pytest

from apps.core.origin import Door, Origin, system_origin
from apps.organizations.models import Organization
from apps.organizations.operations import create_organization

CUSTOMER = UUID(int=7)


@pytest.fixture
def origin() -> Origin:
    return system_origin(Door.COMMAND)


def make_organization(origin: Origin) -> Organization:
    return create_organization(name="Acme Icons", slug="acme-icons", origin=origin)
