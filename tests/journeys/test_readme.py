"""The example of the README works as printed."""

import os
import re
import subprocess
import sys
from pathlib import Path

import httpx

from tests.support.merchants import Merchant

DEFAULT = "http://127.0.0.1:8000"
README = Path(__file__).resolve().parents[2] / "README.md"


def printed_example() -> str:
    """The one Python block of the README."""
    (example,) = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    return str(example)


class TestExample:
    def test_has_about_ten_lines(self) -> None:
        assert len([line for line in printed_example().splitlines() if line.strip()]) <= 10

    def test_leads_to_a_page_where_the_product_can_be_paid(self, merchant: Merchant) -> None:
        example = printed_example()
        assert DEFAULT in example
        run = subprocess.run(
            [
                sys.executable,
                "-c",
                example.replace(DEFAULT, merchant.url),
            ],
            env={**os.environ, "POLAR_ACCESS_TOKEN": merchant.token},
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stderr
        found = re.fullmatch(r"Pay 19.0 usd at (\S+)\n", run.stdout)
        assert found, run.stdout
        path = httpx.URL(found.group(1)).path
        page = httpx.get(f"{merchant.url}{path}")
        assert page.status_code == 200
        assert "Field guide" in page.text
