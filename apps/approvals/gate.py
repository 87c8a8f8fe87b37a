"""The gate at which verbs ask whether one person may do them alone."""

from __future__ import annotations

from django.urls import reverse

from apps.approvals.operations import Wanted, request_approval
from apps.approvals.selectors import reason_for_second
from apps.core.origin import Origin
from apps.core.staff import roles
from apps.core.staff.consent import Proposal


class LimitGate:
    """By the limits of the person's role."""

    def reason(self, proposal: Proposal) -> str:
        """Why it needs a second person; what moves no money never does, but below its role."""
        stakes = proposal.plan.stakes
        if not stakes and roles.reaches(proposal.user, proposal.role):
            return ""
        return reason_for_second(proposal.user, proposal.role, stakes)

    def keep(self, proposal: Proposal, origin: Origin) -> str:
        """Have it wait, and lead to where it does."""
        approval = request_approval(
            wanted=Wanted(
                user=proposal.user,
                verb=proposal.verb,
                role=proposal.role,
                record_id=str(proposal.record.pk) if proposal.record else "",
                subject=proposal.subject,
                form=proposal.form,
                plan=proposal.plan,
                limit_reason=self.reason(proposal),
            ),
            origin=origin,
        )
        return reverse("admin:approvals_approval_change", args=[approval.pk])
