"""Fixtures that every test may use."""

import pytest
from hypothesis import settings

from tests.cases import summary
from tests.support import browser as browser_support
from tests.support import chromium, flushing, services
from tests.support.browser import browser, page

__all__ = ["browser", "page"]

# A time limit per example would fail on a busy machine, not on a wrong result.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")


def pytest_configure(config: pytest.Config) -> None:
    """Have PostgreSQL and Valkey before the first test."""
    services.start(config)
    flushing.allow()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave nothing running."""
    services.stop(config)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Respect SKIP_BROWSER."""
    browser_support.leave_out(config, items)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how the scenarios fared, and what was left out."""
    summary.write_counts(terminalreporter)
    if chromium.is_skipped():
        terminalreporter.write_line("SKIP_BROWSER is set: the browser tests were left out.")
