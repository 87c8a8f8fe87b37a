"""What one person moves without a second one: looked at once more when it is done, and added up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Model

from apps.accounts.locks import lock_user
from apps.approvals.errors import SecondPersonNeeded
from apps.approvals.models import AloneAct
from apps.approvals.selectors import limits_of, subject_key


@transaction.atomic
def pass_alone(
    *,
    user_id: UUID,
    verb: str,
    subject: Model | None,
    stakes: Mapping[str, int],
    reason: Callable[[], str],
    at: datetime,
) -> None:
    """
    Write down what somebody with a limit is about to move alone; called in the verb's transaction.

    Their acts take turns, so that two sessions do not both find the limit unused. `reason` says why
    it takes a second person by now.

    :raises SecondPersonNeeded: if it does.
    """
    user = lock_user(user_id)
    if AloneAct.objects.filter(user=user, verb=verb, at=at, **subject_key(subject)).exists():
        # The verb has asked before, in this very run.
        return
    if why := reason():
        raise SecondPersonNeeded(why)
    if not limits_of(user.staff_role):
        return
    AloneAct.objects.bulk_create(
        AloneAct(
            user=user, verb=verb, currency=currency, amount=amount, at=at, **subject_key(subject)
        )
        for currency, amount in stakes.items()
    )
