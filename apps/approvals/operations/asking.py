"""Keeping a plan that one person agreed to until a second one does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Model

from apps.accounts.models import User
from apps.approvals.models import Approval
from apps.approvals.operations.telling import announce_approval
from apps.core.origin import Origin
from apps.core.plans import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody wants to have done, and why one person is not enough for it."""

    user: User
    verb: str
    role: str
    record_id: str
    subject: Model | None
    form: Mapping[str, Sequence[str]]
    plan: Plan
    limit_reason: str


@transaction.atomic
def request_approval(*, wanted: Wanted, origin: Origin) -> Approval:
    """
    The plan, waiting for somebody else; asked for twice while it waits it is one.

    It runs out after `settings.APPROVAL_LIFETIME`. Records `approval.requested`.
    """
    subject = wanted.subject
    currency, amount = max(wanted.plan.stakes.items(), key=lambda one: one[1], default=("usd", 0))
    draft = Approval(
        created_at=origin.at,
        organization_id=_organization_of(subject),
        verb=wanted.verb,
        title=wanted.plan.title[:200],
        record_id=wanted.record_id,
        subject_label=subject._meta.label_lower if subject else "",
        subject_id=str(subject.pk) if subject else "",
        subject_name=str(subject)[:200] if subject else "",
        role=wanted.role,
        form={name: list(values) for name, values in wanted.form.items()},
        plan=wanted.plan.as_json(),
        fingerprint=wanted.plan.fingerprint,
        amount=amount,
        currency=currency,
        requested_by=wanted.user,
        reason=origin.reason,
        limit_reason=wanted.limit_reason,
        expires_at=origin.at + settings.APPROVAL_LIFETIME,
    )
    Approval.objects.bulk_create([draft], ignore_conflicts=True)
    approval = Approval.objects.select_related("requested_by").get(
        verb=draft.verb,
        record_id=draft.record_id,
        fingerprint=draft.fingerprint,
        status=Approval.Status.WAITING,
    )
    if approval.pk == draft.pk:
        announce_approval(approval, "approval.requested", origin=origin)
    return approval


def _organization_of(subject: Model | None) -> UUID | None:
    if subject is None:
        return None
    if subject._meta.label_lower == "organizations.organization":
        return UUID(str(subject.pk))
    found: UUID | None = getattr(subject, "organization_id", None)
    return found
