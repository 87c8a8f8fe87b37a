"""What merchants are told of benefits and grants."""

from __future__ import annotations

from typing import Any

from apps.benefits.api.presenters import present_benefit, present_grant
from apps.benefits.models import Benefit, BenefitGrant
from apps.customers.handlers import watch_state
from apps.events.models import Event
from apps.webhooks.registry import tell


def register() -> None:
    """Called once, when Django is ready."""
    for name in ("benefit.created", "benefit.updated"):
        tell(name, names=(name,), present=_benefit)
    grants = [f"benefit_grant.{verb}" for verb in ("created", "updated", "cycled", "revoked")]
    watch_state(grants)
    for name in grants:
        tell(name, names=(name,), present=_grant)


def _benefit(event: Event, version: str) -> Any:
    benefit = Benefit.objects.filter(pk=event.subject_id).first()
    return benefit and present_benefit(benefit)


def _grant(event: Event, version: str) -> Any:
    rows = BenefitGrant.objects.select_related("benefit", "customer", "member")
    grant = rows.filter(pk=event.subject_id).first()
    if grant is None:
        return None
    before = event.payload.get("previous_properties")
    return {**present_grant(grant), "previous_properties": before}
