"""The project's own modules, parsed, for the lints."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Source:
    """One module of `apps/`."""

    path: Path

    @property
    def name(self) -> str:
        """Its path from the project's root."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def app(self) -> str:
        """The app it belongs to."""
        return self.path.relative_to(ROOT).parts[1]

    @property
    def room(self) -> str:
        """The room of the app: `operations` for `operations/posting.py` and `operations.py`."""
        return self.path.relative_to(ROOT).parts[2].removesuffix(".py")

    @cached_property
    def tree(self) -> ast.Module:
        """Its syntax tree."""
        return ast.parse(self.path.read_text(), filename=self.name)

    def __hash__(self) -> int:
        return hash(self.path)


@lru_cache
def sources() -> tuple[Source, ...]:
    """Every module of our apps; the sandbox Stripe is another program and keeps its own rules."""
    found = (Source(path) for path in sorted((ROOT / "apps").rglob("*.py")))
    return tuple(
        source
        for source in found
        if len(source.path.relative_to(ROOT).parts) > 2
        and source.app != "stripesim"
        and "migrations" not in source.path.parts
    )


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Every call with the dotted text of what is called: `timezone.now`, `order.save`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def place(source: Source, node: ast.AST) -> str:
    """Where a finding is, in the form that editors open."""
    return f"{source.name}:{getattr(node, 'lineno', 0)}"
