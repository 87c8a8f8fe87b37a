"""Documents over SQLite: one file, many readers, one writer whose writes commit together.

An object belongs to an account (Stripe's separate namespaces). A few of its values are columns, so
that lists need no scan. Keys that begin with an underscore stay in the store and never leave it.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

Obj = dict[str, Any]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
  seq INTEGER PRIMARY KEY, account TEXT NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL,
  created INTEGER NOT NULL, customer TEXT, parent TEXT, tag TEXT, body BLOB NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS objects_id ON objects (account, id);
CREATE INDEX IF NOT EXISTS objects_connected ON objects (id)
  WHERE account <> 'acct_1Sandbox0Platform';
CREATE INDEX IF NOT EXISTS objects_kind ON objects (account, kind);
CREATE INDEX IF NOT EXISTS objects_customer ON objects (account, kind, customer)
  WHERE customer IS NOT NULL;
CREATE INDEX IF NOT EXISTS objects_parent ON objects (account, kind, parent)
  WHERE parent IS NOT NULL;
CREATE INDEX IF NOT EXISTS objects_tag ON objects (account, kind, tag) WHERE tag IS NOT NULL;
CREATE TABLE IF NOT EXISTS funds (
  account TEXT NOT NULL, currency TEXT NOT NULL, available_on INTEGER NOT NULL,
  net INTEGER NOT NULL, PRIMARY KEY (account, currency, available_on)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS idempotency (
  account TEXT NOT NULL, key TEXT NOT NULL, fingerprint BLOB NOT NULL, status INTEGER NOT NULL,
  body BLOB NOT NULL, request_id TEXT NOT NULL, created INTEGER NOT NULL,
  PRIMARY KEY (account, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS jobs (
  seq INTEGER PRIMARY KEY, due INTEGER NOT NULL, account TEXT NOT NULL, name TEXT NOT NULL,
  subject TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS jobs_due ON jobs (due, seq);
CREATE TABLE IF NOT EXISTS deliveries (
  seq INTEGER PRIMARY KEY, account TEXT NOT NULL, event TEXT NOT NULL, endpoint TEXT NOT NULL,
  lane INTEGER NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
  due REAL NOT NULL DEFAULT 0, status INTEGER, note TEXT
);
CREATE INDEX IF NOT EXISTS deliveries_waiting ON deliveries (lane, due, seq)
  WHERE state = 'waiting';
CREATE INDEX IF NOT EXISTS deliveries_event ON deliveries (account, event);
CREATE TABLE IF NOT EXISTS blobs (
  account TEXT NOT NULL, id TEXT NOT NULL, content BLOB NOT NULL, PRIMARY KEY (account, id)
);
CREATE TABLE IF NOT EXISTS settings (
  name TEXT PRIMARY KEY, value BLOB NOT NULL
) WITHOUT ROWID;
"""
_TABLES = ("objects", "funds", "idempotency", "jobs", "deliveries", "blobs", "settings")

_INSERT = (
    "INSERT INTO objects (account, id, kind, created, customer, parent, tag, body)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
_UPDATE = (
    "UPDATE objects SET customer = ?, parent = ?, tag = ?, body = ? WHERE account = ? AND id = ?"
)
_FUNDS = "INSERT INTO funds VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET net = net + excluded.net"

# The columns (parent, tag) by which objects of a kind are listed, beside their customer.
_COLUMNS: dict[str, tuple[str | None, str | None]] = {
    "charge": ("payment_intent", "transfer_group"),
    "refund": ("charge", "payment_intent"),
    "balance_transaction": ("source", "type"),
    "event": (None, "type"),
    "payment_method": (None, "type"),
    "setup_intent": ("payment_method", None),
    "tax_id": (None, "type"),
    "payment_method_domain": (None, "domain_name"),
    "customer": (None, "email"),
    "dispute": ("charge", "payment_intent"),
    "bank_account": ("account", "currency"),
    "transfer": ("destination", "transfer_group"),
    "transfer_reversal": ("transfer", None),
    "payout": ("destination", "status"),
    "file": (None, "purpose"),
    "file_link": ("file", None),
    "radar.early_fraud_warning": ("charge", "payment_intent"),
}


def _columns(obj: Obj) -> tuple[Any, Any, Any]:
    parent, tag = _COLUMNS.get(obj["object"], (None, None))
    return (
        obj.get("customer"),
        obj.get(parent) if parent else None,
        obj.get(tag) if tag else None,
    )


class Store:
    """The database file. `path` is created with its folder when missing."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.lock = threading.RLock()
        self._local = threading.local()
        self.connection = self._connect()
        self.connection.executescript(_SCHEMA)

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path, isolation_level=None, check_same_thread=False, timeout=30
        )
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA cache_size=-32000")
        return connection

    def reader(self) -> sqlite3.Connection:
        """This thread's own connection for reads outside a write."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = self._connect()
        return connection

    @contextmanager
    def writing(self) -> Iterator["Unit"]:
        """The one writer. Nothing is kept unless the caller commits the unit."""
        with self.lock:
            unit = Unit(self, self.connection)
            try:
                yield unit
            finally:
                unit.rollback()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """A plain transaction on the writer's connection, committed at the end."""
        with self.lock:
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield self.connection
            except BaseException:
                self.connection.execute("ROLLBACK")
                raise
            self.connection.execute("COMMIT")

    def reading(self) -> "Unit":
        """A unit for reading on this thread's connection."""
        return Unit(self, self.reader())

    def get_setting(self, name: str, default: Any = None) -> Any:
        """A stored setting, or the default."""
        row = self.reader().execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return orjson.loads(row[0]) if row else default

    def set_setting(self, name: str, value: Any) -> None:
        """Store a setting."""
        with self.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, orjson.dumps(value))
            )

    def wipe(self) -> None:
        """Delete everything."""
        with self.transaction() as connection:
            for table in _TABLES:
                connection.execute(f"DELETE FROM {table}")  # noqa: S608  our own names


class Unit:
    """What one request reads and writes. Writes wait here until `commit`."""

    def __init__(self, store: Store, connection: sqlite3.Connection) -> None:
        self.store = store
        self.connection = connection
        self.on_commit: list[Callable[[], None]] = []
        self._seen: dict[tuple[str, str], Obj] = {}
        self._new: dict[tuple[str, str], Obj] = {}
        self._changed: dict[tuple[str, str], Obj] = {}
        self._statements: list[tuple[str, tuple[Any, ...]]] = []
        self._written: dict[tuple[str, str], bytes] = {}  # sent to the file before the commit
        self._begun = False

    def get(self, account: str, object_id: str) -> Obj | None:
        """The object, or None. The same dictionary every time within the unit."""
        key = (account, object_id)
        if key in self._seen:
            return self._seen[key]
        row = self.connection.execute(
            "SELECT body FROM objects WHERE account = ? AND id = ?", key
        ).fetchone()
        if row is None:
            return None
        obj: Obj = orjson.loads(row[0])
        self._seen[key] = obj
        return obj

    def get_connected(self, object_id: str) -> Obj | None:
        """The object of this id of whichever connected account has it, or None."""
        rows = self.select(
            "SELECT account, body FROM objects"
            " WHERE id = ? AND account <> 'acct_1Sandbox0Platform'",
            object_id,
        )
        return self.load(*rows[0]) if rows else None

    def add(self, account: str, obj: Obj) -> Obj:
        """Store a new object."""
        key = (account, obj["id"])
        self._seen[key] = self._new[key] = obj
        return obj

    def save(self, account: str, obj: Obj) -> Obj:
        """Store a changed object."""
        key = (account, obj["id"])
        self._seen[key] = obj
        if key not in self._new:
            self._changed[key] = obj
        return obj

    def execute(self, statement: str, *values: Any) -> None:
        """A write beside the objects, run at commit."""
        self._statements.append((statement, values))

    def add_funds(self, account: str, currency: str, available_on: int, net: int) -> None:
        """Add to the balance that becomes available at that time."""
        self.execute(_FUNDS, account, currency, available_on, net)

    def select(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows as they are with this unit's own writes."""
        self._flush()
        return self.connection.execute(statement, values).fetchall()

    def load(self, account: str, body: bytes) -> Obj:
        """The object of a selected row."""
        obj: Obj = orjson.loads(body)
        return self._seen.setdefault((account, obj["id"]), obj)

    def commit(self) -> None:
        """Write everything in one transaction, then run what waits for it.

        An object that was added or saved is written as it is now, even if a list was read since.
        """
        for key, body in self._written.items():
            if key not in self._changed and orjson.dumps(self._seen[key]) != body:
                self._changed[key] = self._seen[key]
        self._written.clear()
        self._flush(final=True)
        if self._begun:
            self.connection.execute("COMMIT")
            self._begun = False
        callbacks, self.on_commit = self.on_commit, []
        for callback in callbacks:
            callback()

    def rollback(self) -> None:
        """Forget what was not committed."""
        for waiting in (self._seen, self._new, self._changed, self._statements, self._written,
                        self.on_commit):  # fmt: skip
            waiting.clear()
        if self._begun:
            self.connection.execute("ROLLBACK")
            self._begun = False

    def _flush(self, *, final: bool = False) -> None:
        if not (self._new or self._changed or self._statements):
            return
        if not self._begun:
            self.connection.execute("BEGIN IMMEDIATE")
            self._begun = True
        execute = self.connection.execute
        for key, obj in self._new.items():
            body, created = orjson.dumps(obj), obj.get("created", 0)
            execute(_INSERT, (*key, obj["object"], created, *_columns(obj), body))
            if not final:
                self._written[key] = body
        for key, obj in self._changed.items():
            body = orjson.dumps(obj)
            execute(_UPDATE, (*_columns(obj), body, *key))
            if not final:
                self._written[key] = body
        for statement, values in self._statements:
            execute(statement, values)
        self._new.clear()
        self._changed.clear()
        self._statements.clear()
