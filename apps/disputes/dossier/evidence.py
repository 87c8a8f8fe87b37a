"""What is gathered: texts for the processor's fields, and sections of the document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from apps.disputes.dossier.fields import TEXTS, cut


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """
    A part of the document: facts, a table, running text; any of them may be missing.

    `amounts` are the columns that are set to the right.
    """

    title: str
    intro: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    amounts: tuple[int, ...] = ()
    text: str = ""
    note: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing."""
        return not (self.facts or self.rows or self.text or self.intro)

    def as_json(self) -> dict[str, Any]:
        """Ready for a JSON field."""
        return asdict(self)

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Section:
        """The section that `as_json` was made of."""
        return cls(
            title=said["title"],
            intro=said.get("intro", ""),
            facts=tuple((name, value) for name, value in said.get("facts", ())),
            columns=tuple(said.get("columns", ())),
            rows=tuple(tuple(row) for row in said.get("rows", ())),
            amounts=tuple(said.get("amounts", ())),
            text=said.get("text", ""),
            note=said.get("note", ""),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What one source, or all of them, has to say."""

    texts: Mapping[str, str] = field(default_factory=dict)
    sections: tuple[Section, ...] = ()


def joined(parts: Iterable[Evidence]) -> Evidence:
    """
    All of it: what several say for one field stands in it as paragraphs, cut to its limit.

    A field of one line keeps what the first says.
    """
    texts: dict[str, list[str]] = {}
    sections: list[Section] = []
    for part in parts:
        for name, text in part.texts.items():
            if text.strip():
                texts.setdefault(name, []).append(text.strip())
        sections += [section for section in part.sections if not section.is_empty]
    made = {}
    for name, field_ in TEXTS.items():
        said = texts.get(name, [])
        if said:
            whole = said[0] if field_.is_line else "\n\n".join(said)
            made[name] = cut(whole, field_.limit)
    return Evidence(texts=made, sections=tuple(sections))
