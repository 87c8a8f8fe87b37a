"""
Plans: what a verb would do, shown before it is done.

A verb by which staff moves money or ends something has a planner beside it, which reads and
writes nothing. Whoever looked at the plan hands its fingerprint to the operation, which makes the
plan again under its locks and refuses if it is no longer the same one:

    def plan_block_widget(*, widget_id: UUID, origin: Origin) -> Plan:
        return _plan(find_widget(widget_id))

    @transaction.atomic
    def block_widget(*, widget_id: UUID, agreed: str | None = None, origin: Origin) -> Widget:
        widget = lock_widget(widget_id)
        _plan(widget).require(agreed)
        ...

    def _plan(widget: Widget) -> Plan:
        return Plan(
            title=f"{widget} is blocked",
            changes=(Change(str(widget), widget.status, "blocked"),),
            money=(Money("Refunded to the customer", 1200, "usd"),),
            calls=(Call("Refund 12.00 USD", "POST /v1/refunds"),),
            events=("widget.blocked",),
        ).joined(additions("widgets.block_widget", widget=widget))

Write nothing into a plan that differs a second later (such as the time of day), but into its
`notes`, or mark the amount as one of the moment: the fingerprint covers everything else. The screen
is `@verb(plan=…)`, see `apps.core.staff.verbs`.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass, fields, replace
from hashlib import sha256
from typing import Any, Final

from apps.core.errors import DomainError

FINGERPRINT_LENGTH = 32


@dataclass(frozen=True, slots=True)
class Change:
    """What something is and what it becomes; either side may be empty."""

    subject: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Money:
    """
    An amount in minor units that is charged, refunded, credited: `label` says which.

    One that is of the moment, such as a share of what is left of a period, may differ without
    making this another plan.
    """

    label: str
    amount: int
    currency: str
    is_of_the_moment: bool = False


@dataclass(frozen=True, slots=True)
class Transfer:
    """A booking: a positive amount in minor units from one account to another; see `Money`."""

    debit: str
    credit: str
    amount: int
    currency: str
    is_of_the_moment: bool = False


@dataclass(frozen=True, slots=True)
class Posting:
    """
    What an account of the ledger holds before and after, in minor units as people say it.

    Others may move the account meanwhile: only the difference makes it this plan and no other,
    and not even that for one that is of the moment.
    """

    account: str
    before: int
    after: int
    currency: str
    is_of_the_moment: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """
    Something asked of a provider: what for, in words, and the request, as in `POST /v1/refunds`.

    One `is_later` if a job makes it after the verb has been answered.
    """

    what: str
    request: str
    to: str = "Stripe"
    is_later: bool = False


@dataclass(frozen=True, slots=True)
class Mail:
    """A message that goes out."""

    to: str
    subject: str


@dataclass(frozen=True, slots=True)
class Webhook:
    """An event that is sent to a merchant's endpoints."""

    event: str
    to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """
    What would follow, in the order in which it is shown.

    `effects`, `warnings` and `notes` are whole sentences. `events` are the types that are recorded
    if the verb succeeds, in their order, and `webhooks` those that merchants are told of. An
    obstacle says why it cannot be done: the plan is then shown without a way to apply it. A note
    is of the moment, such as how many buyers stand at a checkout: it may differ without making
    this another plan. What it `loosens` lets money go with fewer eyes on it, as
    sentences: whoever has a limit does not do that alone.
    """

    title: str = ""
    changes: tuple[Change, ...] = ()
    effects: tuple[str, ...] = ()
    money: tuple[Money, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    postings: tuple[Posting, ...] = ()
    calls: tuple[Call, ...] = ()
    mails: tuple[Mail, ...] = ()
    webhooks: tuple[Webhook, ...] = ()
    events: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    obstacles: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    loosens: tuple[str, ...] = ()

    def joined(self, others: Iterable[Plan]) -> Plan:
        """With the lines of other plans after its own; the title stays."""
        parts = (self, *others)
        names = [field.name for field in fields(self) if field.name != "title"]
        lines: dict[str, Any] = {
            name: tuple(line for one in parts for line in getattr(one, name)) for name in names
        }
        return replace(self, **lines)

    def as_json(self) -> dict[str, Any]:
        """All of it, ready for the payload of an event."""
        made: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        return made

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Plan:
        """The plan that `as_json` was made of; what a later version left out is left out."""
        lines: dict[str, Any] = {}
        for field in fields(cls):
            value = said.get(field.name)
            if value is not None:
                made = _LINES.get(field.name)
                lines[field.name] = (
                    value
                    if field.name == "title"
                    else tuple(_line(made, line) if made else line for line in value)
                )
        return cls(**lines)

    @property
    def fingerprint(self) -> str:
        """The same for two plans only if they say the same, notes and the moment's sums aside."""
        said = {name: value for name, value in asdict(self).items() if name != "notes"}
        for name in ("money", "transfers"):
            said[name] = [
                {**line, "amount": None} if line["is_of_the_moment"] else line
                for line in said[name]
            ]
        said["postings"] = [
            {
                **{name: line[name] for name in ("account", "currency")},
                "change": None if line["is_of_the_moment"] else line["after"] - line["before"],
            }
            for line in said["postings"]
        ]
        text = json.dumps(said, sort_keys=True, separators=(",", ":"))
        return sha256(text.encode()).hexdigest()[:FINGERPRINT_LENGTH]

    @property
    def is_empty(self) -> bool:
        """Whether nothing would follow."""
        return not (
            self.changes
            or self.effects
            or self.money
            or self.transfers
            or self.postings
            or self.calls
            or self.mails
            or self.webhooks
        )

    def require(self, agreed: str | None) -> None:
        """
        Pass if this is the plan that was agreed to; None: nobody was shown one.

        Whatever `when_agreed` has to be done with it is done here, in the caller's transaction.

        :raises PlanImpossible: if there is an obstacle, agreed or not.
        :raises PlanChanged: if another plan was agreed to.
        """
        if self.obstacles:
            raise PlanImpossible(" ".join(self.obstacles))
        if agreed is None:
            return
        if agreed != self.fingerprint:
            raise PlanChanged(self)
        act = _when_agreed.get()
        if act is not None:
            act(self)

    @property
    def stakes(self) -> dict[str, int]:
        """
        How much money it is about, by currency, in minor units.

        The largest sum that it names, or by which it changes one account.
        """
        sums: dict[tuple[str, str], int] = defaultdict(int)
        for line in self.postings:
            sums[line.account, line.currency] += line.after - line.before
        found = [(currency, abs(amount)) for (_, currency), amount in sums.items()]
        found += [(line.currency, abs(line.amount)) for line in self.money]
        found += [(line.currency, line.amount) for line in self.transfers]
        stakes: dict[str, int] = {}
        for currency, amount in found:
            if amount:
                stakes[currency] = max(amount, stakes.get(currency, 0))
        return stakes


_LINES: Final[dict[str, type[Any]]] = {
    "changes": Change,
    "money": Money,
    "transfers": Transfer,
    "postings": Posting,
    "calls": Call,
    "mails": Mail,
    "webhooks": Webhook,
}


def _line(kind: type[Any], said: Mapping[str, Any]) -> Any:
    known = {field.name for field in fields(kind)}
    return kind(**{name: value for name, value in said.items() if name in known})


_when_agreed: ContextVar[Callable[[Plan], None] | None] = ContextVar("when_agreed", default=None)


@contextmanager
def when_agreed(act: Callable[[Plan], None]) -> Iterator[None]:
    """
    Have `act` run in the transaction of the verb that is called within, once its plan is agreed to.

    It gets the plan as it is then. So what belongs to the agreement is kept together with what the
    verb does, or not at all. It may run again, if that transaction is tried again; its error undoes
    the verb.
    """
    token = _when_agreed.set(act)
    try:
        yield
    finally:
        _when_agreed.reset(token)


class PlanImpossible(DomainError):
    """Something has to be settled first; the message says what."""

    status = 409
    message = "This cannot be done now."


class PlanChanged(DomainError):
    """What was agreed to is not what would happen now; `plan` is the new one."""

    status = 409
    message = "Things changed since you looked: here is the new plan."

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        super().__init__()


Addition = Callable[..., Plan | None]
_additions: dict[str, list[Addition]] = defaultdict(list)


def add_to_plan(verb: str, addition: Addition) -> None:
    """
    Let an upper app say what a lower app's verb (`app.operation`) means for its rows.

    `addition` gets what the verb passes to `additions` and returns the further lines, or None.
    Called in `AppConfig.ready()`.
    """
    if addition not in _additions[verb]:
        _additions[verb].append(addition)


def additions(verb: str, **facts: Any) -> list[Plan]:
    """What the apps above add to a plan of `verb`; each reads, none writes."""
    made = (one(**facts) for one in _additions.get(verb, ()))
    return [plan for plan in made if plan is not None]


def counted(count: int, noun: str) -> str:
    """`1 order`, `2 orders`, for the sentences of plans."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
