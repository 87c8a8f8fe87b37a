"""People on the seats of the demo's teams: seated, invited, gone again."""

from __future__ import annotations

from typing import Final

from apps.benefits.operations import BenefitInput, create_benefit, set_product_benefits
from apps.benefits.selectors import benefit_ids_of_product
from apps.catalog.models import Product
from apps.core.origin import Origin
from apps.organizations.models import Organization
from apps.seats.containers import Seating
from apps.seats.models import CustomerSeat
from apps.seats.operations import SeatTarget, assign_seat, revoke_seat, seat_buyer
from apps.subscriptions.models import Subscription
from apps.subscriptions.states import ACTIVE

TEAMS: Final = 6
SEATED: Final = ("ines", "jonas", "kaya", "liam", "mira")
INVITED: Final = "noor"
GONE: Final = "otto"


def seed_teams(organization: Organization, *, origin: Origin) -> int:
    """
    Fill the seats of the oldest teams, each once; how many were filled.

    A team of two has its buyer and an open invitation; larger ones have more people.
    """
    rows = Subscription.objects.filter(
        organization=organization, status__in=ACTIVE, seats__gt=1
    ).select_related("customer", "product")
    taken = CustomerSeat.objects.filter(organization=organization)
    teams = rows.exclude(pk__in=taken.values("subscription_id")).order_by("started_at", "id")
    begun = taken.values("subscription_id").distinct().count()
    chosen = list(teams[: max(0, TEAMS - begun)])
    for team in chosen:
        _give_something(team.product, origin)
        _fill(team, origin)
    return len(chosen)


def _fill(team: Subscription, origin: Origin) -> None:
    seating = Seating(subscription_id=team.pk)
    seat_buyer(seated=seating, origin=origin)
    # One is left for the invitation, and one for somebody who left, if there are that many.
    free = (team.seats or 0) - 1
    for name in SEATED[: max(0, free - 2)]:
        target = _at(team, name)
        assign_seat(seated=seating, target=target, is_immediate=True, origin=origin)
    assign_seat(seated=seating, target=_at(team, INVITED), origin=origin)
    if free > 1:
        gone = assign_seat(seated=seating, target=_at(team, GONE), is_immediate=True, origin=origin)
        revoke_seat(seat_id=gone.pk, origin=origin)


def _at(team: Subscription, name: str) -> SeatTarget:
    """Somebody of the team, at its own address."""
    return SeatTarget(email=f"{name}.{team.pk.hex[-6:]}@example.com")


def _give_something(product: Product, origin: Origin) -> None:
    """What comes with a seat."""
    if benefit_ids_of_product(product.pk):
        return
    benefit = create_benefit(
        organization=product.organization,
        data=BenefitInput(
            type="feature_flag",
            description="A desk of one's own",
            visibility="public",
            metadata={"plan": "team"},
        ),
        origin=origin,
    )
    set_product_benefits(product_id=product.pk, benefit_ids=[benefit.pk], origin=origin)
