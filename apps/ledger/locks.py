"""The rows of the ledger that change, locked. Entries and transfers never do."""

from uuid import UUID

from apps.core.prepared import ID_MARK, Prepared
from apps.ledger.models import FeeCredit

_usable = Prepared(
    lambda value: (
        FeeCredit.objects.select_for_update(of=("self",), no_key=True)
        .unspent()
        .filter(organization_id=value)
        .order_by("granted_at", "pk")
    ),
    mark=ID_MARK,
)


def lock_fee_credit(credit_id: UUID) -> FeeCredit:
    """
    One fee credit, locked.

    :raises FeeCredit.DoesNotExist: if there is none.
    """
    return FeeCredit.objects.select_for_update(of=("self",), no_key=True).get(pk=credit_id)


def lock_usable_fee_credits(organization_id: UUID) -> list[FeeCredit]:
    """A merchant's credits with something left and not revoked, oldest first, locked in order."""
    return _usable.rows(organization_id)
