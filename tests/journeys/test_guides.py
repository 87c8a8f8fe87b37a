"""The merchants' guides: what they print works on a running system, and their pages can be read."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import pytest

from apps.api.guides.contents import NAMES
from tests.architecture.sources import ROOT
from tests.journeys.test_up import Running, start
from tests.support import node
from tests.support.guides import Guide, guides

pytestmark = pytest.mark.timeout(1200)

GUIDES = {guide.path.stem: guide for guide in guides()}
PROGRAMS = [
    pytest.param(guide, language, id=f"{name}-{language}")
    for name, guide in GUIDES.items()
    for language in guide.languages()
]


@pytest.fixture(scope="module")
def system() -> Iterator[Running]:
    """A first start, with the demo world and its two years, which keep the processor busy."""
    with TemporaryDirectory(prefix="comptroller-") as name:
        folder = Path(name)
        running = start(folder / "data", folder / "log")
        try:
            running.wait_for("has lived through two years", seconds=900)
            yield running
        finally:
            if running.process.poll() is None:
                running.stop()


@pytest.fixture(scope="module")
def environment(system: Running) -> dict[str, str]:
    """That of a shell in the project, with the token that the first lines of the guides get."""
    token = system.manage("sandbox_token", "--organization", "demo").stdout.strip()
    environment = {**system.environment, "POLAR_ACCESS_TOKEN": token}
    environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
    return environment


def run(guide: Guide, language: str, url: str, environment: dict[str, str]) -> str:
    """What the program prints when it is done."""
    program = guide.program(language, url)
    if language == "js":
        node.require_packages()
        command = ["node", "--input-type=module", "--eval", program]
        folder = node.FOLDER
    else:
        command = ["bash", "-euo", "pipefail", "-c", program]
        if language == "python":
            command = [sys.executable, "-c", program]
        folder = ROOT
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=240
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


class TestPrograms:
    @pytest.mark.parametrize(("guide", "language"), PROGRAMS)
    def test_work_as_printed(
        self, guide: Guide, language: str, system: Running, environment: dict[str, str]
    ) -> None:
        said = run(guide, language, system.url, environment)

        expected = SAID.get((guide.path.stem, language))
        assert expected is None or re.search(expected, said), said

    def test_are_told_to_the_inbox(self, system: Running) -> None:
        page = httpx.get(f"{system.url}/sandbox/inbox/demo")

        assert page.status_code == 200
        assert "order.paid" in page.text
        assert "signature holds" in page.text and "not signed" not in page.text


SAID: dict[tuple[str, str], str] = {
    ("quickstart", "bash"): r"(?s)/checkout/polar_c_\w+.*The checkout has succeeded.*\"paid\"",
    ("quickstart", "python"): r"/checkout/polar_c_\w+",
    ("quickstart", "js"): r"/checkout/polar_c_\w+",
    ("sell", "python"): r"(?s)/checkout/polar_c_\w+.*SPRING25",
    ("subscriptions", "python"): r"(?s)trialing until .*active Team 2900 usd.*canceled",
    ("webhooks", "python"): r"(?s)product.created Postcard\n.*product.updated Postcards\n.*202",
    ("licence-keys", "python"): r"granted 0 1",
    ("test-clock", "bash"): r'"status":"done"',
    ("conventions", "bash"): r"(?s)401.*RequestValidationError.*([0-9a-f-]{36})\n\1\n.*2027-01",
}


class TestPages:
    def test_are_all_served_and_lead_to_each_other(self, live_server: Any) -> None:
        assert sorted(GUIDES) == sorted(NAMES)
        with httpx.Client(base_url=live_server.url, follow_redirects=True) as client:
            pages = {name: client.get(f"/docs/{name}") for name in NAMES}
            assert {page.status_code for page in pages.values()} == {200}
            assert client.get("/docs").text == pages["quickstart"].text
            assert client.get("/docs/nothing").status_code == 404
            targets = {
                target
                for page in pages.values()
                for target in re.findall(r'href="(/[^"#]*)', page.text)
            }
            assert {client.get(target).status_code for target in sorted(targets)} == {200}

    def test_say_where_they_are_read(self, live_server: Any, settings: Any) -> None:
        settings.BASE_URL = "https://billing.example.com"
        page = httpx.get(f"{live_server.url}/docs/quickstart").text
        assert "https://billing.example.com/v1/products/" in page
        assert "127.0.0.1:8000" not in page

    def test_let_no_script_of_others_run(self, live_server: Any) -> None:
        for path in ("/docs", "/docs/reference"):
            policy = httpx.get(f"{live_server.url}{path}").headers["Content-Security-Policy"]
            assert "script-src 'self';" in f"{policy};"

    @pytest.mark.parametrize("version", ["2026-04", "2026-10", "2027-01"])
    def test_have_a_reference_of_each_version(self, live_server: Any, version: str) -> None:
        page = httpx.get(f"{live_server.url}/docs/reference/{version}")
        assert page.status_code == 200
        assert f'data-document="/{version}/openapi.json"' in page.text
        assert httpx.get(f"{live_server.url}/docs/reference/2020-01").status_code == 404
