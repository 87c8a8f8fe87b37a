"""Grants by hand: taken back whatever is paid, and granted again."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from apps.benefits.errors import GrantNotDue, GrantSettled
from apps.benefits.locks import lock_grant
from apps.benefits.models import BenefitGrant
from apps.benefits.operations.planned import announce_grant, plan_work
from apps.benefits.sources import align_source, lock_source
from apps.benefits.states import next_step
from apps.benefits.strategies import strategy_of
from apps.core.origin import Origin
from apps.core.plans import Change, Plan, Webhook


def plan_revoke_grant(*, grant_id: UUID, origin: Origin) -> Plan:
    """What `revoke_grant` would do now."""
    grant = BenefitGrant.objects.select_related("benefit", "customer").get(pk=grant_id)
    return _planned_end(grant)


@transaction.atomic
def revoke_grant(*, grant_id: UUID, agreed: str | None = None, origin: Origin) -> BenefitGrant:
    """
    The grant, to be taken back by a worker, and withheld until it is granted again by hand.

    :raises GrantSettled: if it is withheld already.
    :raises PlanChanged: if another plan was agreed to.
    """
    lock_source(BenefitGrant.objects.get(pk=grant_id))
    grant = lock_grant(grant_id)
    plan = _planned_end(grant)
    plan.require(agreed)
    grant.withheld_at, grant.is_wanted, grant.attempt_count = origin.at, False, 0
    announce_grant(grant, "benefit_grant.withheld", origin)
    if next_step(grant) is None:
        grant.save(update_fields=["withheld_at", "is_wanted", "attempt_count"])
    else:
        plan_work(grant, origin, "withheld_at", "is_wanted", "attempt_count")
    return grant


@transaction.atomic
def grant_again(*, grant_id: UUID, origin: Origin) -> BenefitGrant:
    """
    The grant, tried once more: after a failure, after it was withheld, or because it got lost.

    One that is in force is brought to the customer anew.

    :raises GrantNotDue: if nothing that is paid gives it any more.
    :raises GrantSettled: if it is being worked on.
    """
    lock_source(BenefitGrant.objects.get(pk=grant_id))
    grant = lock_grant(grant_id)
    if grant.is_wanted and grant.next_attempt_at is not None and grant.attempt_count == 0:
        raise GrantSettled("It is being worked on already.")
    if grant.withheld_at is not None:
        grant.withheld_at = None
        grant.save(update_fields=["withheld_at"])
    announce_grant(grant, "benefit_grant.tried_again", origin)
    if not grant.is_wanted:
        align_source(grant, origin)
        grant = lock_grant(grant_id)
        if not grant.is_wanted:
            raise GrantNotDue
        return grant
    grant.error, grant.attempt_count, grant.is_outdated = None, 0, grant.is_granted
    plan_work(grant, origin, "error", "attempt_count", "is_outdated")
    return grant


def _planned_end(grant: BenefitGrant) -> Plan:
    if grant.withheld_at is not None:
        raise GrantSettled("It is withheld already.")
    strategy = strategy_of(grant.benefit.type)
    others = BenefitGrant.objects.filter(
        benefit=grant.benefit_id,
        customer=grant.customer_id,
        member=grant.member_id,
        is_wanted=True,
        granted_at__isnull=False,
    ).exclude(pk=grant.pk)
    is_kept = not strategy.is_revoked_singly and others.exists()
    after = "withheld" if not is_kept else "withheld; kept by another purchase"
    return Plan(
        title=f"{grant.customer} loses {grant.benefit}",
        changes=(Change(str(grant.benefit), status_of(grant), after),),
        effects=(
            "What is paid later does not bring it back; only granting it again by hand does.",
            *(("Another purchase of theirs gives it too, so they keep it.",) if is_kept else ()),
        ),
        webhooks=(Webhook("benefit_grant.revoked"),),
        events=("benefit_grant.withheld",),
    )


def status_of(grant: BenefitGrant) -> str:
    """What became of a grant, in a word."""
    if grant.error is not None:
        return "failed"
    if next_step(grant) is not None:
        return "waiting"
    if grant.withheld_at is not None:
        return "withheld"
    return "granted" if grant.is_granted else "revoked"
