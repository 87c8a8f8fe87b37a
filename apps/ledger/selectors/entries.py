"""From a balance down to its entries, from an entry to its transfers and its cause."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from apps.ledger.models import Account, Entry, Transfer


def transfers_of(account: Account) -> QuerySet[Transfer]:
    """What went in and out of an account, newest first, each with its entry and both sides."""
    return (
        Transfer.objects.filter(Q(debit_account=account) | Q(credit_account=account))
        .select_related("entry", "debit_account__organization", "credit_account__organization")
        .order_by("-id")
    )


def entries_of(account: Account) -> QuerySet[Entry]:
    """The entries that touched an account, newest first."""
    touching = Transfer.objects.filter(Q(debit_account=account) | Q(credit_account=account))
    return (
        Entry.objects.filter(pk__in=touching.values("entry_id"))
        .select_related("organization")
        .order_by("-posted_at", "-pk")
    )


def entry_with_transfers(entry_id: UUID) -> Entry:
    """
    One entry with its transfers and their accounts loaded (two queries).

    Its cause is `order_id` and `payment_id`, and `corrects` where it undoes another.

    :raises Entry.DoesNotExist: if there is none.
    """
    return (
        Entry.objects.select_related("organization", "corrects")
        .prefetch_related(
            "transfers__debit_account__organization", "transfers__credit_account__organization"
        )
        .get(pk=entry_id)
    )


def entries_of_order(order_id: UUID) -> QuerySet[Entry]:
    """Everything posted because of an order, oldest first, with transfers and accounts."""
    return (
        Entry.objects.filter(order_id=order_id)
        .prefetch_related("transfers__debit_account", "transfers__credit_account")
        .order_by("posted_at", "pk")
    )
