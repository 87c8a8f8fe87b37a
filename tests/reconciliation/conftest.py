"""Each test has a statement of its own."""

from __future__ import annotations

import pytest

from tests.support.stripesim import StripeSim, stripesim
from tests.support.tills import till

__all__ = ["stripesim", "till"]


@pytest.fixture(autouse=True)
def fresh_statement(stripesim: StripeSim) -> None:
    """A statement without the lines of other tests."""
    stripesim.control("reset", {})
