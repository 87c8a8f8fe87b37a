"""Faults on request: rules that make the next matching calls fail, hang or lose their answer."""

import re
import threading
from dataclasses import asdict, dataclass, field
from itertools import count
from typing import Any

KINDS = ("429", "500", "503", "drop_before", "drop_after", "delay")
_numbers = count(1)


@dataclass
class Rule:
    """Hit `count` calls (None: all) of `method` (None: any) whose path matches `path`,

    after letting `skip` pass. `seconds` is for delay; `sticky` lets the idempotency key remember
    an injected 500, as Stripe does once work has begun.
    """

    kind: str
    method: str | None = None
    path: str = ".*"
    count: int | None = 1
    skip: int = 0
    seconds: float = 1.0
    sticky: bool = False
    hits: int = 0
    id: int = field(default_factory=lambda: next(_numbers))


class Faults:
    """The rules in force."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[Rule] = []

    def add(self, values: dict[str, Any]) -> Rule:
        """A new rule. ValueError or TypeError when it makes no sense."""
        rule = Rule(**values)
        rule.kind = str(rule.kind)
        if rule.kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}")
        re.compile(rule.path)
        with self._lock:
            self._rules.append(rule)
        return rule

    def clear(self, rule_id: int | None = None) -> None:
        """Drop one rule, or all."""
        with self._lock:
            self._rules = [r for r in self._rules if rule_id is not None and r.id != rule_id]

    def list(self) -> list[dict[str, Any]]:
        """The rules in force, as data."""
        with self._lock:
            return [asdict(rule) for rule in self._rules]

    def take(self, method: str, path: str) -> Rule | None:
        """The rule that hits this call, counted as used."""
        if not self._rules:
            return None
        with self._lock:
            for rule in self._rules:
                if rule.method and rule.method.upper() != method:
                    continue
                if not re.search(rule.path, path):
                    continue
                if rule.skip > 0:
                    rule.skip -= 1
                    continue
                rule.hits += 1
                if rule.count is not None:
                    rule.count -= 1
                    if rule.count <= 0:
                        self._rules.remove(rule)
                return rule
        return None
