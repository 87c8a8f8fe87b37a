"""A real browser for tests marked `browser`."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import pytest
from django.db import connections
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.support import chromium

# How long any one thing may take, in milliseconds: what goes wrong is found by a wrong state, and
# a busy machine shall not look like one.
PATIENCE: Final = 45_000
DESKTOP: Final = {"width": 1280, "height": 900}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One headless Chromium for the session."""
    path = chromium.find()
    if path is None:
        pytest.fail(chromium.MISSING, pytrace=False)
    # Playwright keeps a loop in this thread; Django would take that for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        expect.set_options(timeout=PATIENCE)
        yield running
        running.close()
        # Those made beside that loop are not found again without it, and would outlive the tests.
        connections.close_all()


@contextmanager
def opened_page(browser: Browser, **options: Any) -> Iterator[Page]:
    """A page in a context of its own: no cookies, desktop size unless `options` say otherwise."""
    context = browser.new_context(**{"viewport": DESKTOP, "locale": "en-US", **options})
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in a context of its own."""
    with opened_page(browser) as opened:
        yield opened


def leave_out(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect the browser tests when SKIP_BROWSER says so."""
    if chromium.is_skipped():
        out = [item for item in items if item.get_closest_marker("browser")]
        items[:] = [item for item in items if item not in out]
        config.hook.pytest_deselected(items=out)
