"""What staff keep for themselves: no business of anybody else's, so no events."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db import transaction
from django.http import QueryDict

from apps.backoffice.models import SavedFilter
from apps.core.errors import ValidationFailed
from apps.core.origin import Origin

MAX_FILTERS: Final = 30
MAX_NAME, MAX_QUERY = 60, 1000
# Where one is in a list is no part of how it is narrowed.
_PASSING: Final = ("p", "all")


@transaction.atomic
def save_filter(
    *, user_id: UUID, listing: str, name: str, query: str, origin: Origin
) -> SavedFilter:
    """
    The filter of a list (`app_model`) under a name of the user's; an older one of it is replaced.

    :raises ValidationFailed: without a name or anything to narrow, or with too many already.
    """
    called = " ".join(name.split())
    narrowed = QueryDict(query.lstrip("?"), mutable=True)
    for passing in _PASSING:
        narrowed.pop(passing, None)
    text = narrowed.urlencode()
    if not 0 < len(called) <= MAX_NAME:
        raise ValidationFailed.at("body", "name", msg="A name of up to 60 characters is needed.")
    if not 0 < len(text) <= MAX_QUERY:
        raise ValidationFailed.at("body", "query", msg="Narrow the list first.")
    mine = SavedFilter.objects.filter(user_id=user_id, listing=listing)
    if mine.exclude(name=called).count() >= MAX_FILTERS:
        raise ValidationFailed.at("body", "name", msg="Delete a filter first.")
    saved, _ = SavedFilter.objects.update_or_create(
        user_id=user_id,
        listing=listing,
        name=called,
        defaults={"query": text, "modified_at": origin.at},
        create_defaults={"query": text, "created_at": origin.at},
    )
    return saved


@transaction.atomic
def delete_filter(*, user_id: UUID, filter_id: UUID, origin: Origin) -> bool:
    """Forget one of the user's own filters; whether there was one."""
    return SavedFilter.objects.filter(pk=filter_id, user_id=user_id).delete()[0] > 0
