"""Merchants whose payments the processor calls risky are looked at."""

from __future__ import annotations

from apps.core.origin import Origin
from apps.events.models import Event
from apps.events.registry import subscribe
from apps.organizations.models import Organization
from apps.organizations.operations import flag_risk
from apps.payments.selectors.risk import RISKY_LEVELS, is_scored_risky


def register() -> None:
    """Subscribe; called once, when Django is ready."""
    for name in ("payment.succeeded", "payment.failed"):
        subscribe(name, "payments.flag_risk", flag, when=_is_warning)


def flag(event: Event, origin: Origin) -> None:
    """One risky payment calls for a look at all of them; never for more than a review."""
    if event.organization_id is None:
        return
    rows = Organization.objects.filter(pk=event.organization_id, status="active", deleted_at=None)
    organization = rows.first()
    if organization is not None and is_scored_risky(organization, origin.at):
        flag_risk(organization_id=organization.pk, origin=origin.because("Scores of payments"))


def _is_warning(event: Event) -> bool:
    return getattr(event.subject_row, "risk_level", None) in RISKY_LEVELS
