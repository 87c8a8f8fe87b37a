"""What is sound breaks nothing."""

import pytest

from apps.core.clock import system_time
from apps.invariants.registry import registered_checks
from apps.invariants.selectors import violations
from tests.invariants.world import World

pytestmark = pytest.mark.django_db


def test_nothing_is_wrong_with_a_sound_world(world: World) -> None:
    assert violations(registered_checks().values(), at=system_time()) == []
