"""Fixtures that every test may use."""

import pytest

from tests.support import flushing, services


def pytest_configure(config: pytest.Config) -> None:
    """Have PostgreSQL and Valkey before the first test."""
    services.start(config)
    flushing.allow()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave nothing running."""
    services.stop(config)
