"""What a merchant's finance is written about a payout: for the mail and for its plan."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from apps.core.plans import Mail
from apps.notifications.kinds import kind_of
from apps.notifications.rendering import render_letter
from apps.organizations.models import Membership, Organization
from apps.payouts.models import Payout
from apps.payouts.selectors import left_to_pay

PAID, FAILED = "payout_paid", "payout_failed"


def finance_addresses(organization: Organization) -> list[str]:
    """Who looks after its money: those with that role, else its owner, else its own address."""
    rows = Membership.objects.filter(organization=organization, user__is_active=True)
    for role in (Membership.Role.FINANCE, Membership.Role.OWNER):
        found = rows.filter(role=role).order_by("created_at", "pk")
        addresses = list(found.values_list("user__email", flat=True))
        if addresses:
            return addresses
    return [organization.email] if organization.email else []


def payout_facts(payout: Payout) -> dict[str, Any]:
    """What every mail about a payout shows; amounts in minor units."""
    is_foreign = payout.account_currency != payout.currency and payout.account_amount is not None
    return {
        "platform": settings.PLATFORM_NAME,
        "number": payout.invoice_number,
        "amount": payout.amount,
        "currency": payout.currency,
        "fees_amount": payout.fees_amount,
        "account_amount": payout.account_amount if is_foreign else None,
        "account_currency": payout.account_currency,
        "account": payout.payout_account.name,
        "reference": payout.reference,
        "why": payout.failure_message,
        "left_amount": left_to_pay(payout),
    }


def planned_payout_mails(payout: Payout, kind: str) -> tuple[Mail, ...]:
    """The mails that would be written, as they are foretold."""
    rendered = render_letter(
        kind_of(kind), organization=payout.organization, locale="", context=payout_facts(payout)
    )
    return tuple(
        Mail(address, rendered.subject) for address in finance_addresses(payout.organization)
    )
