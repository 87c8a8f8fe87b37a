"""The table of what is served of the SDK."""

import json
from io import StringIO
from pathlib import Path

from django.core.management import call_command

from apps.api.compatibility import calls_of

ROOT = Path(__file__).parents[2]


class TestCompatibility:
    def test_page_is_current(self) -> None:
        call_command("compatibility", "--check")

    def test_has_every_operation_of_every_version(self) -> None:
        out = StringIO()
        call_command("compatibility", "--json", stdout=out)
        rows = {row["name"]: row for row in json.loads(out.getvalue())}

        assert len(rows) >= 190
        checkout = rows["checkouts.create"]
        assert checkout["served"] == {"2026-04": True, "2026-10": True, "2027-01": True}
        assert checkout["test"].startswith("tests/journeys/")
        assert rows["customers.members.list"]["path"] == "/v1/customers/{}/members"
        assert all(row["differences"].get("2027-01", []) == [] for row in rows.values())
        assert list(rows["files.create"]["deliberate"]["2026-04"].values()) == [
            "There are no support cases to attach a file to."
        ]


class TestCalls:
    def test_are_found_in_tests_before_helpers(self, tmp_path: Path) -> None:
        (tmp_path / "test_things.py").write_text(
            "def help(polar):\n    polar.things.get(1)\n    polar.things.list()\n"
            "class TestThings:\n    def test_one(self, client):\n        client.things.get(1)\n"
        )
        found = calls_of(tmp_path, tmp_path)
        assert found["things.get"] == "test_things.py::TestThings::test_one"
        assert found["things.list"] == "test_things.py"
