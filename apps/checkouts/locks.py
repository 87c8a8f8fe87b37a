"""The row locks of checkouts."""

from __future__ import annotations

from uuid import UUID

from django.db import OperationalError
from psycopg.errors import LockNotAvailable

from apps.checkouts.errors import CheckoutLocked, NotOpenCheckout
from apps.checkouts.models import Checkout, CheckoutLink
from apps.core.errors import ResourceNotFound


def lock_open_checkout(checkout_id: UUID) -> Checkout:
    """
    The open checkout, locked until the end of the transaction, without waiting for others.

    :raises CheckoutLocked: if another request holds it.
    :raises NotOpenCheckout: if it is in any other state.
    """
    try:
        checkout = _locked(checkout_id, nowait=True)
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise CheckoutLocked from error
        raise
    if checkout.status != Checkout.Status.OPEN:
        raise NotOpenCheckout
    return checkout


def lock_checkout(checkout_id: UUID) -> Checkout:
    """The checkout in whatever state, locked; waits for whoever holds it."""
    return _locked(checkout_id, nowait=False)


def lock_link(link_id: UUID) -> CheckoutLink:
    """
    The checkout link, locked until the end of the transaction; waits for whoever holds it.

    :raises ResourceNotFound: if there is none, or it is deleted.
    """
    rows = CheckoutLink.objects.select_related("organization", "discount")
    found = rows.select_for_update(of=("self",)).filter(pk=link_id, deleted_at=None).first()
    if found is None:
        raise ResourceNotFound
    return found


def lock_expired_checkouts(ids: list[UUID]) -> list[Checkout]:
    """Those of `ids` that are still open and that nobody is working on."""
    rows = Checkout.objects.select_for_update(skip_locked=True)
    return list(rows.filter(pk__in=ids, status=Checkout.Status.OPEN).order_by("pk"))


def _locked(checkout_id: UUID, *, nowait: bool) -> Checkout:
    rows = Checkout.objects.select_related(
        "organization", "product", "price", "customer", "discount"
    )
    found = rows.select_for_update(of=("self",), nowait=nowait).filter(pk=checkout_id).first()
    if found is None:
        raise ResourceNotFound
    return found
