"""Requests made up from the OpenAPI document, aimed at rows that exist: one's own and others'."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from random import Random
from typing import Any
from uuid import UUID, uuid4

from django.db.models import Model

from tests.support.stock import Stock

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Party:
    """An organization that asks: its tokens, and all it has."""

    token: str
    customer_token: str
    stock: Stock

    @property
    def ids(self) -> dict[str, UUID]:
        """The ids of its rows, by what they are."""
        rows = {one.name: getattr(self.stock, one.name) for one in fields(self.stock)}
        return {name: row.pk for name, row in rows.items() if isinstance(row, Model)}

    @property
    def marks(self) -> set[str]:
        """What an answer to somebody else must not hold."""
        found = {str(pk) for pk in self.ids.values()}
        return found | {self.stock.customer.email or "", self.stock.license_key.key}


def aim(case: Any, asking: Party, other: Party, resource: str, random: Random) -> None:
    """Have the made-up request ask for rows that there are, the caller's or the other's."""
    for name in case.path_parameters or {}:
        if random.random() < 0.85:
            owner = asking if random.random() < 0.6 else other
            case.path_parameters[name] = _path_value(name, owner.stock, resource)
    if isinstance(case.query, dict):
        for name, value in case.query.items():
            case.query[name] = _aimed(name, value, asking, other, random)
    case.body = _aimed("", case.body, asking, other, random)


def sent(case: Any) -> str:
    """All that the request says, for what an answer may repeat."""
    return f"{case.path_parameters} {case.query} {case.body!r}"


def _path_value(name: str, stock: Stock, resource: str) -> str:
    values = {
        "external_id": stock.customer.external_id or "",
        "payment_method_id": str(stock.method.pk),
        "activation_id": str(stock.activation.pk),
        "client_secret": stock.checkout.client_secret,
        "seat_id": str(stock.seat.pk),
        "member_id": str(stock.member.pk),
        "member_external_id": stock.member.external_id or "",
        # Nobody has one that holds: they come in signed addresses and mails.
        "token": "none",
        "invitation_token": "none",
    }
    return values[name] if name in values else str(stock.id_for(resource))


def _aimed(name: str, value: Any, asking: Party, other: Party, random: Random) -> Any:
    if isinstance(value, dict):
        return {key: _aimed(key, one, asking, other, random) for key, one in value.items()}
    if isinstance(value, list):
        return [_aimed(name, one, asking, other, random) for one in value]
    if not isinstance(value, str) or random.random() < 0.2:
        return value
    if name in ("organization_id", "external_customer_id") or not _UUID.fullmatch(value):
        return value
    ids = (asking if random.random() < 0.6 else other).ids
    kind = name.removesuffix("_id").removesuffix("s")
    return str(ids[kind] if kind in ids else random.choice([*ids.values(), uuid4()]))
