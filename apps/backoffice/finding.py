"""
How each kind of record is found from one term: only ways that an index answers.

A term says by its shape what it may be: an id, an address, an id of the provider, the last four
digits of a card, or words. What it cannot be is not asked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Flag, auto
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Model, Q, QuerySet
from psycopg.types.json import Jsonb

from apps.core.staff.records import as_uuid
from apps.customers.models import Customer
from apps.license_keys.models import LicenseKey
from apps.license_keys.selectors import ending_in
from apps.orders.numbering import value_of_short_id

_PROVIDER: Final = re.compile(r"[a-z]{2,12}_[A-Za-z0-9_]{3,}")
_RECEIPT: Final = re.compile(r"RCPT-([A-Z]{8,})-[0-9]+")
# With fewer letters every row would have to be looked at.
LEAST_LETTERS: Final = 3


class Shape(Flag):
    """What a term may be."""

    ID = auto()
    ADDRESS = auto()
    PROVIDER = auto()
    DIGITS = auto()
    WORDS = auto()


ANY: Final = ~Shape(0)


@dataclass(frozen=True, slots=True)
class Term:
    """What was typed, without blanks around it."""

    text: str

    @property
    def key(self) -> UUID | None:
        """The id that it is, if it is one."""
        return as_uuid(self.text)

    @property
    def shapes(self) -> Shape:
        """All that it may be."""
        if self.key is not None:
            return Shape.ID
        if "@" in self.text:
            return Shape.ADDRESS
        found = Shape.WORDS
        if _PROVIDER.fullmatch(self.text):
            found |= Shape.PROVIDER
        if len(self.text) == 4 and self.text.isascii() and self.text.isdigit():
            found |= Shape.DIGITS
        return found


_ID: Final = Term("7a7a7a7a-aaaa-7aaa-8aaa-abcdefabcdef")
_DIGITS: Final = Term("7919")
Written = tuple[str, tuple[Any, ...]]
Condition = Callable[[Term], Q | None]


@dataclass(frozen=True, slots=True)
class Way:
    """One condition, asked for a term that may have one of the shapes."""

    shapes: Shape
    condition: Condition


@dataclass(frozen=True)
class Ways:
    """All ways to a kind of record."""

    ways: tuple[Way, ...] = field(default_factory=tuple)
    # Whether it is a customer's, and so found by who that is.
    is_bought: bool = False
    # SQL by what a term may be: to write it costs more than to run it.
    _written: dict[Any, Written | None] = field(default_factory=dict, repr=False, compare=False)

    def found(
        self, model: type[Model], term: Term, limit: int, *, buyers: Sequence[UUID] = ()
    ) -> list[Any]:
        """
        Ids of at most `limit` rows, the latest first among those that each way gave.

        One query, and one for what the `buyers` have, the customers whom the term may mean.
        """
        ids = self._by_ways(model, term, limit)
        if self.is_bought and buyers:
            theirs = model._base_manager.order_by().filter(customer__in=buyers)
            ids |= set(theirs.values_list("pk", flat=True)[:limit])
        return sorted(ids, reverse=True)[:limit]

    def _by_ways(self, model: type[Model], term: Term, limit: int) -> set[Any]:
        if _RECEIPT.fullmatch(term.text.upper()):
            written, stand_in = self._write(model, term, limit), term
        else:
            stand_in = _stand_in(term)
            kind = (term.shapes, len(term.text) >= LEAST_LETTERS, limit)
            if kind not in self._written:
                self._written[kind] = self._write(model, stand_in, limit)
            written = self._written[kind]
        if written is None:
            return set()
        sql, params = written
        with connection.cursor() as cursor:
            cursor.execute(sql, [_filled_in(one, stand_in, term) for one in params])
            return {row[0] for row in cursor.fetchall()}

    def _write(self, model: type[Model], term: Term, limit: int) -> Written | None:
        rows = model._base_manager.order_by()
        wanted = [rows.filter(one).values("pk")[:limit] for one in self._conditions(term)]
        if not wanted:
            return None
        union: QuerySet[Any] = wanted[0].union(*wanted[1:], all=True) if wanted[1:] else wanted[0]
        sql, params = union.query.get_compiler(connection=connection).as_sql()
        return sql, tuple(params)

    def _conditions(self, term: Term) -> Iterator[Q]:
        for way in self.ways:
            if way.shapes & term.shapes:
                made = way.condition(term)
                if made is not None:
                    yield made


def _stand_in(term: Term) -> Term:
    """A term of the same shape, whose places in SQL can be told."""
    if term.key is not None:
        return _ID
    if Shape.DIGITS in term.shapes:
        return _DIGITS
    text = "qzxterm" if len(term.text) >= LEAST_LETTERS else "qz"
    if "@" in term.text:
        return Term(f"{text}@")
    return Term(f"{text}_qzxkey" if Shape.PROVIDER in term.shapes else text)


def _filled_in(param: Any, stand_in: Term, term: Term) -> Any:
    """A parameter with the term in the place of what stood in for it."""
    if stand_in is term:
        return param
    if param == stand_in.key and stand_in.key is not None:
        return term.key
    if isinstance(param, Jsonb):
        return Jsonb(term.text, param.dumps) if param.obj == stand_in.text else param
    if not isinstance(param, str):
        return param
    is_pattern = "%" in param
    for change in (str, str.upper, lambda text: text.upper()[::-1]):
        before, after = change(stand_in.text), change(term.text)
        if is_pattern:
            before, after = (connection.ops.prep_for_like_query(one) for one in (before, after))
        if before in param:
            return param.replace(before, after)
    return param


def ids(*names: str) -> Iterable[Way]:
    """Columns that hold an id."""
    return [Way(Shape.ID, _compare(name, lambda term: term.key)) for name in names]


def keys(*names: str) -> Iterable[Way]:
    """Columns that hold an id of the provider."""
    return [Way(Shape.PROVIDER, _compare(name, lambda term: term.text)) for name in names]


def exactly(*names: str, shapes: Shape = ANY) -> Iterable[Way]:
    """Columns that hold just this, whatever it looks like."""
    return [Way(shapes, _compare(name, lambda term: term.text)) for name in names]


def addresses(*names: str) -> Iterable[Way]:
    """Columns that hold an address, of which a part is known."""
    return [Way(Shape.ADDRESS | Shape.WORDS, _holding(name)) for name in names]


def words(*names: str) -> Iterable[Way]:
    """Columns that hold text, of which a part is known."""
    return [Way(Shape.WORDS, _holding(name)) for name in names]


def last_four(name: str) -> Iterable[Way]:
    """The details of a card."""
    return [Way(Shape.DIGITS, _compare(f"{name}__last4", lambda term: term.text))]


def numbers(name: str) -> Iterable[Way]:
    """A column of numbers that are counted on, of which the beginning is known."""

    def condition(term: Term) -> Q | None:
        if len(term.text) < LEAST_LETTERS:
            return None
        text = term.text
        return Q(**{f"{name}__startswith": text}) | Q(**{f"{name}__startswith": text.upper()})

    return [Way(Shape.WORDS, condition)]


def _compare(name: str, value: Callable[[Term], Any]) -> Condition:
    return lambda term: Q(**{name: value(term)})


def _holding(name: str) -> Condition:
    def condition(term: Term) -> Q:
        how = "icontains" if len(term.text) >= LEAST_LETTERS else "istartswith"
        return Q(**{f"{name}__{how}": term.text})

    return condition


def _receipt(term: Term) -> Q | None:
    found = _RECEIPT.fullmatch(term.text.upper())
    if found is None:
        return None
    return Q(customer__short_id=value_of_short_id(found[1]), receipt_number=term.text.upper())


def _key_ending(term: Term) -> Q | None:
    if len(term.text) < LEAST_LETTERS:
        return None
    return Q(pk__in=ending_in(LicenseKey.objects.all(), term.text).values("pk"))


WAYS: Final[dict[str, Ways]] = {
    "customers.customer": Ways(
        (
            *ids("id", "payment_methods__id"),
            *keys("processor_customer_id", "payment_methods__processor_id"),
            *exactly("external_id"),
            *addresses("email"),
            *words("name", "billing_name"),
            *last_four("payment_methods__method_metadata"),
        )
    ),
    "subscriptions.subscription": Ways(
        (
            *ids("id", "customer_id", "product_id", "checkout_id"),
            *words("product__name"),
        ),
        is_bought=True,
    ),
    "orders.order": Ways(
        (
            *ids("id", "customer_id", "product_id", "checkout_id", "subscription_id"),
            *keys("payments__processor_id", "payments__intent_id"),
            *numbers("invoice_number"),
            Way(Shape.WORDS, _receipt),
            *last_four("payments__method_metadata"),
        ),
        is_bought=True,
    ),
    "payments.payment": Ways(
        (
            *ids("id", "order_id", "customer_id", "checkout_id"),
            *keys("processor_id", "intent_id"),
            *numbers("order__invoice_number"),
            *last_four("method_metadata"),
        ),
        is_bought=True,
    ),
    "payments.refund": Ways(
        (
            *ids("id", "order_id", "payment_id", "customer_id", "dispute_id"),
            *keys("processor_id", "payment__processor_id"),
            *numbers("order__invoice_number"),
        ),
        is_bought=True,
    ),
    "disputes.dispute": Ways(
        (
            *ids("id", "order_id", "payment_id", "customer_id"),
            *keys("processor_id", "payment__processor_id", "payment__intent_id"),
            *numbers("order__invoice_number"),
        ),
        is_bought=True,
    ),
    "checkouts.checkout": Ways(
        (
            *ids("id", "customer_id", "product_id"),
            *keys("intent_id"),
            *exactly("customer_email__iexact", shapes=Shape.ADDRESS),
        ),
        is_bought=True,
    ),
    "license_keys.licensekey": Ways(
        (
            *ids("id", "customer_id", "benefit_id", "grant_id"),
            Way(Shape.ID | Shape.WORDS | Shape.PROVIDER, _key_ending),
        ),
        is_bought=True,
    ),
    "organizations.organization": Ways((*ids("id"), *words("slug", "name"))),
    "catalog.product": Ways((*ids("id", "prices__id"), *words("name"))),
    "payments.paymentmethod": Ways(
        (
            *ids("id", "customer_id"),
            *keys("processor_id"),
            *last_four("method_metadata"),
        ),
        is_bought=True,
    ),
    "ledger.entry": Ways((*ids("id", "order_id", "payment_id"), *numbers("reference"))),
    "ledger.account": Ways(tuple(ids("id"))),
    "processors.inboundevent": Ways((*ids("id"), *keys("external_id", "object_id"))),
    "events.event": Ways((*ids("id"), *exactly("subject_id", shapes=Shape.ID))),
    "accounts.user": Ways((*ids("id"), *addresses("email"), *words("name"))),
    "organizations.accesstoken": Ways(tuple(ids("id", "organization_id"))),
    "core.deadtask": Ways((*ids("id"), *exactly("task_id"), *words("name"))),
}


def buyers_of(term: Term, limit: int) -> list[Any]:
    """The customers whom words or a part of an address may mean: read once for all they have."""
    if term.shapes & (Shape.ADDRESS | Shape.WORDS):
        return WAYS["customers.customer"].found(Customer, term, limit)
    return []
