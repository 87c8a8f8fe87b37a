"""
Everything that points at a customer, and how it is handed over to another one.

Found by asking the models, so that no table can be forgotten. A row simply points at the other
customer from then on; an app whose rows need more care registers a `Care` for its model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.apps import apps
from django.db.models import Model, UUIDField

from apps.core.origin import Origin
from apps.core.plans import Plan
from apps.customers.models import Customer, CustomerSession, EmailChange, Member, StateChange

# The members are matched one by one; the others go with the customer.
OWN: Final = (Member, CustomerSession, EmailChange, StateChange)
PLAIN: Final = "customer_id"


@dataclass(frozen=True, slots=True)
class Belonging:
    """A table whose rows may be a customer's, and the field that says so."""

    model: type[Model]
    field: str

    @property
    def label(self) -> str:
        """The model as `app.Model`."""
        return self.model._meta.label

    def rows(self, customer_id: UUID) -> Any:
        """Those of a customer."""
        return self.model._base_manager.filter(**{self.field: customer_id})


Move = Callable[[Customer, Customer, Origin], object]
Foresee = Callable[[Customer, Customer], Plan | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Care:
    """
    What the rows of a model need when they are handed over.

    `lock` holds those of a customer before the customers are locked; `foresee` adds to the plan,
    obstacles included; `prepare` runs before the rows are moved. With `is_moved_here` it has moved
    them itself.
    """

    lock: Callable[[UUID], object] | None = None
    foresee: Foresee | None = None
    prepare: Move | None = None
    is_moved_here: bool = False


_cares: dict[str, Care] = {}
NO_CARE: Final = Care()


def register_care(label: str, care: Care) -> None:
    """Have the rows of a model (`app.Model`) handed over with care; once per model."""
    _cares[label] = care


def care_of(belonging: Belonging) -> Care:
    """What its rows need."""
    return _cares.get(belonging.label, NO_CARE)


def belongings() -> list[Belonging]:
    """Every table but the customer's own, in the order of the apps."""
    return list(_pointing_at(Customer, OWN))


def of_members() -> list[Belonging]:
    """The tables whose rows may be a member's."""
    return list(_pointing_at(Member, (CustomerSession,)))


def _pointing_at(owner: type[Model], but: Iterable[type[Model]]) -> Iterator[Belonging]:
    for model in apps.get_models():
        if model in tuple(but):
            continue
        for field in model._meta.concrete_fields:
            is_plain = owner is Customer and field.name == PLAIN and isinstance(field, UUIDField)
            if field.related_model is owner or is_plain:
                yield Belonging(model, field.name)
