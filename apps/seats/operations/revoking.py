"""Taking a seat back."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from apps.benefits.models import BenefitGrant
from apps.core.errors import ResourceNotFound
from apps.core.origin import Origin
from apps.core.plans import Change, Mail, Plan, Webhook, counted
from apps.seats.locks import lock_container, lock_seat
from apps.seats.models import CustomerSeat
from apps.seats.operations.aligning import align_member, free_seat


@transaction.atomic
def revoke_seat(*, seat_id: UUID, agreed: str | None = None, origin: Origin) -> CustomerSeat:
    """
    The seat, free for somebody else; what it gave is taken back by workers.

    How many seats are paid for stays. A revoked seat is returned as it is. Records
    `customer_seat.revoked`.

    :raises ResourceNotFound: if there is no such seat.
    :raises PlanChanged: if something else was agreed to.
    """
    found = CustomerSeat.objects.filter(pk=seat_id).first()
    if found is None:
        raise ResourceNotFound
    container = lock_container(found, at=origin.at)
    seat = lock_seat(seat_id)
    if agreed is not None:
        _plan(seat).require(agreed)
    if not seat.is_taken:
        return seat
    member_id = free_seat(seat, container, origin)
    if member_id is not None:
        align_member(container, member_id, False, origin)
    return seat


def plan_revoke_seat(*, seat_id: UUID, origin: Origin) -> Plan:
    """What `revoke_seat` would do now."""
    return _plan(CustomerSeat.objects.select_related("member", "customer").get(pk=seat_id))


def _plan(seat: CustomerSeat) -> Plan:
    member = seat.member
    grants = BenefitGrant.objects.filter(
        member=member,
        subscription_id=seat.subscription_id,
        order_id=seat.order_id,
        is_wanted=True,
    )
    count = grants.count() if member else 0
    is_told = member is not None and seat.status == CustomerSeat.Status.CLAIMED
    return Plan(
        title=f"{seat} loses the seat",
        changes=(Change(f"Seat of {seat}", seat.status, CustomerSeat.Status.REVOKED),),
        effects=(
            *((f"{counted(count, 'benefit')} of theirs is taken back.",) if count == 1 else ()),
            *((f"{counted(count, 'benefit')} of theirs are taken back.",) if count > 1 else ()),
            "As many seats as before are paid for; this one is free for somebody else.",
        ),
        mails=(Mail(member.email, "The seat was taken back"),) if member and is_told else (),
        webhooks=(Webhook("customer_seat.revoked"),),
        events=("customer_seat.revoked",),
        obstacles=() if seat.is_taken else ("The seat is revoked already.",),
    )
