"""Posting what is kept back of a merchant's money, and what goes back of that."""

from __future__ import annotations

from django.db import transaction

from apps.ledger.books import Draft
from apps.ledger.models import Entry
from apps.ledger.operations.posting import post_entries


@transaction.atomic(savepoint=False)
def post_kept(*, draft: Draft) -> Entry:
    """
    Book a draft of `apps.ledger.keeping`; the second time changes nothing.

    :raises EntryConflict: if it was posted with other facts.
    """
    return post_entries(drafts=[draft])[0][0]
