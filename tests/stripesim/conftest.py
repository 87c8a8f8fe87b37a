"""Every test of this folder speaks to the sandbox through a judged client."""

from collections.abc import Iterator

import pytest
import stripe

from tests.stripesim.traffic import Judge
from tests.support.stripesim import StripeSim, stripesim

__all__ = ["stripesim"]


@pytest.fixture(scope="session")
def judge() -> Judge:
    return Judge()


@pytest.fixture
def client(stripesim: StripeSim, judge: Judge) -> Iterator[stripe.StripeClient]:
    """The official library. Whatever it sends and gets must fit Stripe's document."""
    stripesim.control("reset", {})
    judge.problems.clear()
    yield stripesim.client(http_client=judge)
    assert judge.problems == []
