"""One API call: who asks, at what time, and the unit in which its writes are gathered."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from . import events
from .errors import missing
from .ids import KINDS, new_id
from .runtime import Runtime
from .store import Unit
from .templates import template

Obj = dict[str, Any]


@dataclass
class Call:
    """What a resource needs to answer. `later` holds steps that follow the answer, same commit."""

    runtime: Runtime
    unit: Unit
    account: str
    now: int
    request_id: str | None = None
    idempotency_key: str | None = None
    base_url: str = ""
    publishable: bool = False
    family: str | None = None  # orders the events of this call among themselves
    later: list[Callable[[], None]] = field(default_factory=list)

    def of(self, account: str) -> "Call":
        """The same call, in the namespace of another account: same time, same commit."""
        return replace(self, account=account)

    def get(self, object_id: str) -> Obj | None:
        """The account's object of this id, or None."""
        return self.unit.get(self.account, object_id)

    def find(self, kind: str, object_id: str, *, param: str = "id", in_path: bool = False) -> Obj:
        """The living object of this kind, or the error that Stripe gives for a bad id."""
        obj = self.get(object_id)
        if obj is None or obj["object"] != kind or obj.get("deleted"):
            raise missing(kind, object_id, param=param, in_path=in_path)
        return obj

    def create(self, kind: str, prefix: str, **values: Any) -> Obj:
        """A new stored object with Stripe's keys."""
        obj = template(kind, **values)
        obj["id"] = new_id(prefix)
        obj["created"] = self.now
        return self.unit.add(self.account, obj)

    def save(self, obj: Obj) -> Obj:
        """Store a changed object."""
        return self.unit.save(self.account, obj)

    def emit(self, type_: str, obj: Obj, previous: Obj | None = None) -> None:
        """Record an event with the object as it is now."""
        events.record(self, type_, obj, previous)

    def schedule(self, delay: int, name: str, subject: str) -> None:
        """Run the named job for the object once the clock has moved on by `delay` seconds."""
        self.unit.execute(
            "INSERT INTO jobs (due, account, name, subject) VALUES (?, ?, ?, ?)",
            self.now + delay,
            self.account,
            name,
            subject,
        )

    def run_later(self) -> None:
        """Run the steps that follow the answer."""
        while self.later:
            self.later.pop(0)()


def kind_of(object_id: str) -> str | None:
    """The kind that an id's prefix speaks of."""
    return KINDS.get(object_id.split("_", 1)[0])
