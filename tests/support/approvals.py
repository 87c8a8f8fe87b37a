"""Plans that wait for a second person, and limits that make them wait."""

from __future__ import annotations

from typing import Any

from django.db.models import Model

from apps.accounts.models import User
from apps.approvals.models import Approval, Limit
from apps.approvals.operations import Wanted, request_approval, set_limit
from apps.core.ids import new_id
from apps.core.origin import Actor, Door, build_origin
from apps.core.plans import Change, Money, Plan

PLAN = Plan(
    title="$12.00 go back to the payer",
    changes=(Change("Order", "paid", "refunded"),),
    money=(Money("Goes back to the payer", 1200, "usd"),),
)


def make_staff(role: str = "finance") -> User:
    """Somebody with a role, and no way to sign in."""
    return User.objects.create_user(f"{role}-{new_id().hex[-10:]}@example.com", staff_role=role)


def limit(role: str, amount: int, currency: str = "usd", **more: Any) -> Limit:
    """What a role may do alone."""
    origin = build_origin(actor=Actor.STAFF, door=Door.BACKOFFICE, reason="House rules")
    return set_limit(role=role, currency=currency, amount=amount, origin=origin, **more)


def waiting(
    subject: Model | None = None, *, user: User | None = None, plan: Plan = PLAN, **values: Any
) -> Approval:
    """A plan that waits, of a verb that nobody carries out in these tests."""
    user = user or make_staff()
    facts: dict[str, Any] = {
        "verb": "payments.refund.refund_order",
        "role": "finance",
        "record_id": "",
        "form": {"order": [str(subject.pk) if subject else ""], "reason": ["Asked by phone"]},
        "limit_reason": "Above $10.00 it takes a second person, who is asked to agree.",
    }
    origin = build_origin(
        actor=Actor.STAFF,
        actor_id=str(user.pk),
        actor_label=user.email,
        door=Door.BACKOFFICE,
        reason="Asked by phone",
    )
    wanted = Wanted(user=user, subject=subject, plan=plan, **{**facts, **values})
    return request_approval(wanted=wanted, origin=origin)
