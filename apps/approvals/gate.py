"""The gate at which verbs ask whether one person may do them alone."""

from __future__ import annotations

from django.urls import reverse

from apps.approvals.operations import Wanted, pass_alone, request_approval
from apps.approvals.selectors import limits_of, moved_alone, reason_for_second
from apps.core.origin import Origin
from apps.core.plans import Plan
from apps.core.staff import roles
from apps.core.staff.consent import Proposal


class LimitGate:
    """By the limits of the person's role."""

    def reason(self, proposal: Proposal) -> str:
        """Why it needs a second person; what moves no money never does, but below its role."""
        return _reason(proposal, proposal.plan)

    def let_pass(self, proposal: Proposal, plan: Plan) -> None:
        """Look once more and write down what one person moves alone, so that parts add up."""
        pass_alone(
            user_id=proposal.user.pk,
            verb=proposal.verb,
            subject=proposal.record or proposal.subject,
            stakes=plan.stakes,
            reason=lambda: _reason(proposal, plan),
            at=proposal.at,
        )

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


def _reason(proposal: Proposal, plan: Plan) -> str:
    user, stakes = proposal.user, plan.stakes
    if plan.loosens and limits_of(user.staff_role):
        return "Whoever has a limit does not loosen this alone: it takes a second person."
    if not stakes and roles.reaches(user, proposal.role):
        return ""
    before = moved_alone(user, proposal.record or proposal.subject, at=proposal.at)
    return reason_for_second(user, proposal.role, stakes, before=before)
