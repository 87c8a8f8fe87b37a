"""Rules of the house that the import contracts and ruff cannot see."""

import ast
import re
from collections.abc import Iterator

from tests.architecture.sources import Source, calls, place, sources

CLOCK = "apps/core/clock.py"
CLOCK_CALLS = re.compile(
    r"(^|\.)(timezone\.(now|localtime|localdate)|(datetime|date)\.(now|utcnow|today)|time\.time)$"
)
INTERFACES = {"admin", "views", "api", "tasks", "management"}
# The job machinery measures the machine: its rows are no business state.
STATUS_WRITERS = {"operations"}


def assigned_attributes(node: ast.AST) -> Iterator[ast.Attribute]:
    """The attributes that a statement assigns."""
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        targets = list(node.targets)
    elif isinstance(node, ast.AugAssign | ast.AnnAssign):
        targets = [node.target]
    for target in targets:
        for part in ast.walk(target):
            if isinstance(part, ast.Attribute) and isinstance(part.ctx, ast.Store):
                yield part


def imports(source: Source) -> Iterator[tuple[str, ast.AST]]:
    """The top names that a module imports."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name.split(".")[0], node
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield (node.module or "").split(".")[0], node


class TestClock:
    def test_is_read_in_one_module(self) -> None:
        found = [
            place(source, call)
            for source in sources()
            if source.name != CLOCK
            for name, call in calls(source.tree)
            if CLOCK_CALLS.search(name)
        ]
        assert found == []

    def test_is_not_read_by_rooms_below_the_interfaces(self) -> None:
        lower = {"operations", "selectors", "locks", "states", "models", "querysets", "forms"}
        found = [
            place(source, call)
            for source in sources()
            if source.room in lower
            for name, call in calls(source.tree)
            if name in {"system_time", "clock.system_time", "system_origin", "build_origin"}
        ]
        assert found == []


class TestStatus:
    def test_is_assigned_by_operations_alone(self) -> None:
        found = [
            place(source, attribute)
            for source in sources()
            if source.room not in STATUS_WRITERS
            for node in ast.walk(source.tree)
            for attribute in assigned_attributes(node)
            if attribute.attr == "status"
        ]
        assert found == []


class TestLocks:
    def test_are_taken_in_the_locks_room_alone(self) -> None:
        found = [
            place(source, call)
            for source in sources()
            if source.room != "locks"
            for name, call in calls(source.tree)
            if name.endswith(".select_for_update")
        ]
        assert found == []


class TestStripe:
    def test_is_imported_by_processors_alone(self) -> None:
        found = [
            place(source, node)
            for source in sources()
            if source.app != "processors"
            for name, node in imports(source)
            if name == "stripe"
        ]
        assert found == []


class TestInterfaces:
    def test_write_nothing_themselves(self) -> None:
        writes = re.compile(r"\.(save|bulk_create|bulk_update|get_or_create|update_or_create)$")
        found = [
            place(source, call)
            for source in sources()
            if source.room in INTERFACES
            for name, call in calls(source.tree)
            if writes.search(name) or name.endswith(".objects.create")
        ]
        assert found == []


class TestModels:
    def test_override_no_save_and_know_no_signals(self) -> None:
        found = [
            place(source, node)
            for source in sources()
            if source.room in {"models", "querysets"}
            for node in ast.walk(source.tree)
            if isinstance(node, ast.FunctionDef) and node.name in {"save", "delete"}
        ]
        found += [
            place(source, node)
            for source in sources()
            for node in ast.walk(source.tree)
            if isinstance(node, ast.ImportFrom) and node.module == "django.db.models.signals"
        ]
        assert found == []


class TestNames:
    def test_have_no_drawer_for_odds_and_ends(self) -> None:
        banned = {"utils", "helpers", "common", "managers"}
        found = [s.name for s in sources() if banned & set(s.name.removesuffix(".py").split("/"))]
        assert found == []


class TestSize:
    def test_no_module_has_more_than_four_hundred_lines(self) -> None:
        long = [s.name for s in sources() if len(s.path.read_text().splitlines()) > 400]
        assert long == []
