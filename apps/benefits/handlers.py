"""What events mean for benefits, and what others are told of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from apps.benefits.operations import revoke_grants_of_customer
from apps.benefits.operations.connecting import forget_accounts
from apps.benefits.selectors import living_grants_of
from apps.benefits.strategies import register as register_strategy
from apps.benefits.strategies.discord import DiscordStrategy
from apps.benefits.strategies.downloadables import DownloadablesStrategy
from apps.benefits.strategies.github import GitHubStrategy
from apps.benefits.strategies.plain import (
    CustomStrategy,
    FeatureFlagStrategy,
    MeterCreditStrategy,
)
from apps.core.jobs import enqueue
from apps.core.origin import Origin
from apps.customers.holdings import register_holdings
from apps.events.models import Event
from apps.events.registry import listen, subscribe

STRATEGIES = (
    CustomStrategy(),
    FeatureFlagStrategy(),
    MeterCreditStrategy(),
    DownloadablesStrategy(),
    DiscordStrategy(),
    GitHubStrategy(),
)


def register() -> None:
    """Subscribe, and make our strategies known; called once, when Django is ready."""
    for strategy in STRATEGIES:
        register_strategy(strategy.type, strategy)
    subscribe("customer.deleted", "benefits.revoke_of_customer", revoke_all_of_customer)
    listen("customer.anonymized", forget_anonymized)
    subscribe("benefit.deleted", "benefits.revoke_of_benefit", revoke_all_of_benefit)
    register_holdings("granted_benefits", tell_granted)


def revoke_all_of_customer(event: Event, origin: Origin) -> None:
    """A customer was deleted."""
    revoke_grants_of_customer(customer_id=UUID(event.subject_id), origin=origin)


def forget_anonymized(event: Event, origin: Origin) -> None:
    """A customer is about to be forgotten."""
    forget_accounts(customer_id=UUID(event.subject_id), origin=origin)


def revoke_all_of_benefit(event: Event, origin: Origin) -> None:
    """A benefit was deleted, and a job takes back what it granted: it may be much."""
    enqueue(
        "benefits.revoke_of_benefit",
        benefit_id=event.subject_id,
        organization_id=str(event.organization_id),
    )


def tell_granted(customer_id: UUID) -> list[Any]:
    """What a customer has, as their state shows it."""
    return [
        {
            "id": str(grant.pk),
            "created_at": grant.created_at.isoformat(),
            "modified_at": grant.modified_at.isoformat() if grant.modified_at else None,
            "granted_at": grant.granted_at.isoformat() if grant.granted_at else None,
            "benefit_id": str(grant.benefit_id),
            "benefit_type": grant.benefit.type,
            "benefit_metadata": grant.benefit.metadata,
            "properties": grant.properties,
            "member_id": str(grant.member_id) if grant.member_id else None,
        }
        for grant in living_grants_of(customer_id)
    ]
