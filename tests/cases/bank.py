"""The scenario tables: reading them from `CASES_DIR`, and the deviations we stand by."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Case:
    """One scenario: the state before, the one thing that happens, what must hold after."""

    area: str
    id: str
    title: str
    given: dict[str, Any]
    when: dict[str, Any]
    expect: dict[str, Any]

    @property
    def op(self) -> str:
        """The operation that happens."""
        return str(self.when["op"])

    @property
    def test_id(self) -> str:
        """How the case is named in a test run."""
        return f"{self.area}::{self.id}"


def cases_dir() -> Path:
    """The folder of tables to run."""
    return Path(os.environ.get("CASES_DIR") or _HERE / "data")


def load_cases() -> list[Case]:
    """Every case of every table, in the order of the files."""
    return [
        Case(
            area=path.stem,
            id=row["id"],
            title=row.get("title", ""),
            given=row.get("given") or {},
            when=row["when"],
            expect=row["expect"],
        )
        for path in sorted(cases_dir().glob("*.json"))
        for row in json.loads(path.read_text(encoding="utf-8"))
    ]


def load_deviations() -> dict[str, str]:
    """Case id to the reason why we do otherwise on purpose."""
    rows = json.loads((_HERE / "deviations.json").read_text(encoding="utf-8"))
    return {row["id"]: f"deviation {row['deviation']}: {row['reason']}" for row in rows}
