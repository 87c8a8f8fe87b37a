"""
Doing the work on one grant: asking its strategy, and keeping what came of it.

The grants of one benefit to one customer are worked on one at a time, so that the last of them is
known for certain. A strategy that speaks to a service elsewhere is asked outside of any
transaction: the grant is claimed before, and the answer stored after; a claim runs out, so that a
process that dies between the two leaves work that is done again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from apps.benefits.locks import lock_grant, lock_siblings
from apps.benefits.models import BenefitGrant
from apps.benefits.operations.keeping import keep_failure, keep_retry, keep_success
from apps.benefits.operations.planned import send_work
from apps.benefits.states import Step, next_step
from apps.benefits.strategies import ActionRequired, Retriable, Strategy, Work, strategy_of
from apps.core.origin import Origin

log = structlog.get_logger(__name__)

# Longer than any provider may take to answer.
CLAIM: Final = timedelta(minutes=5)
# How often a revocation is tried before grants of the same source stop waiting for it.
PATIENCE: Final = 3


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be done: `is_called` is False where another grant keeps the benefit alive."""

    grant: BenefitGrant
    step: Step
    is_called: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What a strategy said."""

    properties: dict[str, Any] = field(default_factory=dict)
    failure: Exception | None = None


def work_on_grant(*, grant_id: UUID, origin: Origin) -> bool:
    """
    Do what is due on a grant; whether there was anything to do, and it was this call that did it.

    Records `benefit_grant.created`, `.updated`, `.cycled` or `.revoked`. Where the customer has to
    act first the error is kept, and nothing more is tried. Called outside a transaction.
    """
    benefit_type = (
        BenefitGrant.objects.filter(pk=grant_id).values_list("benefit__type", flat=True).first()
    )
    if benefit_type is None:
        return False
    strategy = strategy_of(benefit_type)
    if not strategy.calls_out:
        with transaction.atomic():
            task = _take(grant_id, strategy, origin)
            if task is not None:
                _store(task, _ask_inside(strategy, task, origin), origin)
        return task is not None
    with transaction.atomic():
        task = _take(grant_id, strategy, origin)
    if task is None:
        return False
    answer = _ask(strategy, task, origin)
    with transaction.atomic():
        _store(task, answer, origin)
    return True


def _take(grant_id: UUID, strategy: Strategy, origin: Origin) -> Task | None:
    siblings: Sequence[Any] = lock_siblings(grant_id)
    grant = next((row for row in siblings if row.pk == grant_id), None)
    if grant is None or not grant.is_due or any(row.is_claimed for row in siblings):
        return None
    if grant.is_wanted and _is_gone(grant):
        grant.is_wanted = False
        grant.save(update_fields=["is_wanted"])
    step = next_step(grant)
    if step is None:
        grant.next_attempt_at = None
        grant.save(update_fields=["next_attempt_at"])
        return None
    if step == Step.GRANT and _waits(grant):
        return None
    if strategy.calls_out:
        grant.claimed_until = Now() + CLAIM
        grant.save(update_fields=["claimed_until"])
    return Task(grant, step, step != Step.REVOKE or _is_to_revoke(grant, siblings, strategy))


def _is_gone(grant: BenefitGrant) -> bool:
    return grant.benefit.deleted_at is not None or grant.customer.deleted_at is not None


def _waits(grant: BenefitGrant) -> bool:
    """Whether something of the same subscription or order is to be taken back first."""
    same = BenefitGrant.objects.filter(
        subscription_id=grant.subscription_id, order_id=grant.order_id
    )
    return same.filter(
        Q(is_wanted=False, revoked_at=None, next_attempt_at__isnull=False),
        attempt_count__lt=PATIENCE,
    ).exists()


def _is_to_revoke(
    grant: BenefitGrant, siblings: Sequence[BenefitGrant], strategy: Strategy
) -> bool:
    """Whether the strategy is to be asked: for the last grant only, unless each counts."""
    if strategy.is_revoked_singly:
        return True
    others = [row for row in siblings if row.pk != grant.pk]
    return not any(row.is_wanted and row.is_granted for row in others)


def _ask_inside(strategy: Strategy, task: Task, origin: Origin) -> Answer:
    """As `_ask`, undoing what the strategy wrote before it refused."""
    try:
        with transaction.atomic():
            answer = _ask(strategy, task, origin)
            if answer.failure is not None:
                raise answer.failure
    except (ActionRequired, Retriable) as failure:
        return Answer(failure=failure)
    return answer


def _ask(strategy: Strategy, task: Task, origin: Origin) -> Answer:
    grant = task.grant
    if not task.is_called:
        return Answer(dict(grant.properties))
    work = Work(
        grant=grant,
        benefit=grant.benefit,
        customer=grant.customer,
        member=grant.member,
        origin=origin,
        is_update=task.step == Step.UPDATE,
    )
    verb = {Step.CYCLE: strategy.cycle, Step.REVOKE: strategy.revoke}.get(task.step, strategy.grant)
    try:
        return Answer(verb(work))
    except (ActionRequired, Retriable) as failure:
        log.info("grant_failed", grant=str(grant.pk), step=task.step, error=type(failure).__name__)
        return Answer(failure=failure)


def _store(task: Task, answer: Answer, origin: Origin) -> None:
    grant = lock_grant(task.grant.pk)
    grant.claimed_until = None
    if isinstance(answer.failure, Retriable):
        keep_retry(grant, task.step, answer.failure, origin)
    elif answer.failure is not None:
        keep_failure(grant, task.step, answer.failure, origin)
    else:
        keep_success(grant, task.step, answer.properties, origin)
    _send_waiting(grant)


def _send_waiting(grant: BenefitGrant) -> None:
    """Have worked on what waited for this: of the same customer and benefit, or the same source."""
    same_benefit = Q(customer_id=grant.customer_id, benefit_id=grant.benefit_id)
    same_source = Q(subscription_id=grant.subscription_id, order_id=grant.order_id)
    due = BenefitGrant.objects.filter(same_benefit | same_source, next_attempt_at__lte=Now())
    for grant_id in due.exclude(pk=grant.pk).values_list("pk", flat=True):
        send_work(grant_id)
