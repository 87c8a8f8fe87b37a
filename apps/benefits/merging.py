"""What becomes of downloads and linked accounts when two customers become one."""

from __future__ import annotations

from typing import Final

from django.db import IntegrityError, transaction

from apps.benefits.models import Downloadable, LinkedAccount
from apps.core.origin import Origin
from apps.customers.belongings import Care, Move, register_care
from apps.customers.models import Customer

# Of these a customer has one of a kind: what the other one has already stays behind.
SINGLE: Final = (Downloadable, LinkedAccount)


def register() -> None:
    """Called once, when Django is ready."""
    for model in SINGLE:
        register_care(model._meta.label, Care(prepare=_mover_of(model), is_moved_here=True))


def _mover_of(model: type[Downloadable | LinkedAccount]) -> Move:
    def move(first: Customer, second: Customer, origin: Origin) -> None:
        for row in model._default_manager.filter(customer=first).order_by("id"):
            row.customer = second
            try:
                with transaction.atomic():
                    row.save(update_fields=["customer"])
            except IntegrityError:
                if isinstance(row, Downloadable):
                    _keep_living(row)

    return move


def _keep_living(row: Downloadable) -> None:
    """The one that was there may be downloaded if either may."""
    same = Downloadable.objects.filter(
        customer=row.customer, member=row.member, benefit=row.benefit_id, file=row.file_id
    )
    if row.revoked_at is None:
        same.update(revoked_at=None)
