"""The demo's subscription business: its organization, plans and codes at the start."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Final

from django.db import transaction

from apps.backoffice.demo.life import KEY, at_start, live
from apps.backoffice.demo.script import DAYS
from apps.backoffice.demo.teams import seed_teams
from apps.catalog.inputs import PriceInput, ProductInput
from apps.catalog.operations import create_product
from apps.catalog.tiers import Tier
from apps.core.origin import Door, system_origin
from apps.discounts.inputs import DiscountInput
from apps.discounts.operations import create_discount
from apps.organizations.models import Organization
from apps.organizations.operations import change_status, create_organization
from apps.sandbox.models import ClockRun
from apps.sandbox.operations import set_clock_back

NAME: Final = "Longshore Software"
SLUG: Final = "longshore"

SEATS: Final = (Tier(1, 10, Decimal(900)), Tier(11, None, Decimal(700)))


def seed_business() -> ClockRun | None:
    """
    Build the business as it was two years ago and lead it to the present; None if it is there.

    Needs the sandbox Stripe.
    """
    organization = Organization.objects.filter(slug=SLUG).first() or _found()
    run = live(organization)
    organization.refresh_from_db()
    if organization.clock_offset >= timedelta():
        # Invitations hold for a day: whoever looks at the demo finds some that do.
        seed_teams(organization, origin=system_origin(Door.COMMAND))
    return run


@transaction.atomic
def _found() -> Organization:
    origin = at_start()
    organization = create_organization(
        name=NAME, slug=SLUG, email="hello@longshore.example", country="US", origin=origin
    )
    organization = change_status(
        organization_id=organization.pk,
        to=Organization.Status.ACTIVE,
        origin=origin.because("The demo business sells from the first day."),
    )
    for product in _plans():
        create_product(organization=organization, data=product, origin=origin)
    for discount in _codes():
        create_discount(organization=organization, data=discount, origin=origin)
    set_clock_back(organization_id=organization.pk, span=timedelta(days=DAYS))
    organization.refresh_from_db()
    return organization


def _plans() -> list[ProductInput]:
    return [
        _plan("solo", "Solo", "One desk, everything in it.", 1200),
        _plan("solo-yearly", "Solo, yearly", "Twelve months for ten.", 12000, interval="year"),
        _plan("studio", "Studio", "For small studios; two weeks to try.", 4900, trial=True),
        ProductInput(
            name="Team",
            description="By the seat.",
            recurring_interval="month",
            recurring_interval_count=1,
            prices=[
                PriceInput(kind="seat", currency="usd", tier_type="graduated", tiers=SEATS),
            ],
            metadata={KEY: "team"},
        ),
    ]


def _plan(
    key: str,
    name: str,
    description: str,
    amount: int,
    *,
    interval: str = "month",
    trial: bool = False,
) -> ProductInput:
    return ProductInput(
        name=name,
        description=description,
        recurring_interval=interval,
        recurring_interval_count=1,
        trial_interval="day" if trial else None,
        trial_interval_count=14 if trial else None,
        prices=[PriceInput(kind="fixed", currency="usd", fixed_amount=amount)],
        metadata={KEY: key},
    )


def _codes() -> list[DiscountInput]:
    return [
        DiscountInput(
            name="Launch",
            code="LAUNCH",
            type="percentage",
            basis_points=2000,
            duration="repeating",
            duration_in_months=6,
        ),
        DiscountInput(
            name="Friends",
            code="FRIENDS",
            type="percentage",
            basis_points=1000,
            duration="forever",
        ),
    ]


def closing_line(run: ClockRun) -> str:
    """What became of it, in one line."""
    took = ((run.finished_at or run.touched_at) - run.started_at).total_seconds()
    renewals = run.counts.get("subscriptions.cycle", 0)
    return f"{NAME} has lived through two years and {renewals} renewals in {took:.0f} s."
