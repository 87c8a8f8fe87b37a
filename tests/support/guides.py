"""The code of the merchants' guides, as it is printed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from tests.architecture.sources import ROOT

FOLDER = ROOT / "docs" / "merchants"
PRINTED = "http://127.0.0.1:8000"
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Guide:
    """A guide and its blocks of code: (language, code)."""

    path: Path
    blocks: tuple[tuple[str, str], ...]

    def program(self, language: str, url: str) -> str:
        """All blocks of a language, one after the other; `url` is where the system is."""
        code = "\n".join(code for kind, code in self.blocks if kind == language)
        return code.replace(PRINTED, url)

    def languages(self) -> list[str]:
        """The languages of its programs, in the order they begin."""
        return list(dict.fromkeys(kind for kind, _ in self.blocks if kind != "text"))


def guides() -> list[Guide]:
    """All of them."""
    return [
        Guide(path, tuple(_BLOCK.findall(path.read_text()))) for path in sorted(FOLDER.glob("*.md"))
    ]
