"""Everything that a plan speaks of, before and after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from apps.core.ids import new_id
from apps.core.money import format_amount
from apps.core.plans import Plan
from apps.disputes.models import Dispute
from apps.events.models import Event
from apps.ledger.models import Account, FeeCredit, Transfer
from apps.ledger.selectors import account_name, balances, fee_terms
from apps.notifications.models import Mail
from apps.orders.models import Order
from apps.organizations.models import Organization
from apps.payments.models import Refund
from apps.payouts.models import Hold, Payout, PayoutProfile, Reserve
from apps.wallets.models import Wallet
from apps.webhooks.models import WebhookEvent
from tests.support.stripesim import StripeSim

Booked = Counter[tuple[str, str, int, str]]


@dataclass(frozen=True)
class Look:
    """How everything stands."""

    said: dict[str, str]
    held: dict[tuple[str, str], int]
    transfer_id: int
    mark: Any


def look(organization: Organization, *focus: Model | str | None) -> Look:
    """All that may change: of these records, and of the whole organization."""
    said: dict[str, str] = {}
    for reserve in Reserve.objects.filter(organization=organization, ended_at=None):
        said[str(reserve)] = "kept"
    for one in focus:
        said |= _of(one)
    for payout in Payout.objects.filter(organization=organization):
        said[str(payout)] = said[payout.invoice_number] = payout.status
    terms = fee_terms(organization.pk)
    said["Plan"] = terms.name
    said["For a warning of fraud"] = format_amount(terms.rates.fraud_warning_amount, "usd")
    # One that is new has no name of its own yet.
    said["Hold"] = str(Hold.objects.filter(organization=organization).count())
    accounts = Account.objects.filter(organization=organization) | Account.objects.filter(
        organization=None
    )
    held = {
        (account_name(row.account.kind), row.balance.currency): row.balance.amount
        for row in balances(accounts)
    }
    last = Transfer.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    return Look(said, held, last, new_id())


def _of(one: Model | str | None) -> dict[str, str]:
    match one:
        case Order():
            return _order(Order.objects.get(pk=one.pk))
        case Refund():
            row = Refund.objects.get(pk=one.pk)
            return {str(row): row.resolution or ("did not arrive" if row.attention_at else "")}
        case Payout():
            tries = one.attempts.all()
            return {str(row): "pending" for row in tries}
        case Dispute():
            row = Dispute.objects.get(pk=one.pk)
            return {str(row): row.status}
        case Reserve():
            row = Reserve.objects.get(pk=one.pk)
            return {str(row): "ended" if row.ended_at else "kept"}
        case Hold():
            row = Hold.objects.get(pk=one.pk)
            return {str(row): "released" if row.released_at else "held"}
        case Wallet():
            row = Wallet.objects.get(pk=one.pk)
            shown = format_amount(row.balance, row.currency)
            return {f"Balance in {row.currency.upper()}": shown, "Balance of the customer": shown}
        case FeeCredit():
            row = FeeCredit.objects.get(pk=one.pk)
            return {str(row): "revoked" if row.revoked_at else "valid"}
        case PayoutProfile():
            row = PayoutProfile.objects.get(pk=one.pk)
            country = row.billing_address.get("country", "")
            return {"Invoices are from": ", ".join(filter(None, (row.billing_name, country)))}
        case str():
            found = Refund.objects.filter(processor_id=one).first()
            return {one: found.status if found else ""}
        case _:
            return {}


def _order(order: Order) -> dict[str, str]:
    gone = format_amount(order.refunded_amount + order.refunded_tax_amount, order.currency)
    refunds = "blocked" if order.refunds_blocked_at else "allowed"
    return {
        str(order): order.status,
        f"Refunds of {order}": refunds,
        "Refunded, with tax": gone,
        "Gone back, with tax": gone,
    }


def requests(sim: StripeSim) -> list[str]:
    """What was asked of the processor since they were forgotten."""
    return [f"{one['method']} {one['path']}" for one in sim.control("requests")["requests"]]


def differences(plan: Plan, before: Look, after: Look, asked: Iterable[str]) -> list[str]:
    """What a plan foretold and what happened, where these are not the same; one a line."""
    pairs: list[tuple[str, Any, Any]] = [
        ("changes", *_changes(plan, before, after)),
        ("transfers", _planned(plan), _booked(before)),
        ("balances", *_balances(plan, before, after)),
        ("events", list(plan.events), _events(before)),
        ("mails", _mails_planned(plan), _mails(before)),
        ("webhooks", Counter(one.event for one in plan.webhooks), _told(before)),
        ("calls", [one.request for one in plan.calls if not one.is_later], list(asked)),
    ]
    return [f"{name}: {said} is not {seen}" for name, said, seen in pairs if said != seen]


def _changes(plan: Plan, before: Look, after: Look) -> tuple[Any, Any]:
    said = {one.subject: (one.before, one.after) for one in plan.changes}
    seen = {}
    for name in {**before.said, **after.said}:
        was, became = before.said.get(name, ""), after.said.get(name, "")
        if was == became:
            continue
        if name == "Hold":
            seen[name] = ("", "held")
        elif name in said or not _is_other_name(name, after):
            seen[name] = (was, became)
    # The same balance goes by two names, and so does what went back.
    for one, other in (
        ("Balance in USD", "Balance of the customer"),
        ("Refunded, with tax", "Gone back, with tax"),
    ):
        if one in seen and other in seen:
            seen.pop(one if other in said else other)
    return said, seen


def _is_other_name(name: str, after: Look) -> bool:
    """Whether a payout is told of by its other name."""
    other = name.removeprefix("Payout ") if name.startswith("Payout ") else f"Payout {name}"
    return other in after.said


def _planned(plan: Plan) -> Booked:
    return Counter((one.debit, one.credit, one.amount, one.currency) for one in plan.transfers)


def _booked(before: Look) -> Booked:
    rows = Transfer.objects.filter(pk__gt=before.transfer_id)
    kinds = rows.values_list("debit_account__kind", "credit_account__kind", "amount", "currency")
    return Counter(
        (account_name(debit), account_name(credit), amount, currency)
        for debit, credit, amount, currency in kinds
    )


def _balances(plan: Plan, before: Look, after: Look) -> tuple[Any, Any]:
    said = {(one.account, one.currency): (one.before, one.after) for one in plan.postings}
    seen = {
        place: (before.held.get(place, 0), amount)
        for place, amount in after.held.items()
        if amount != before.held.get(place, 0)
    }
    return said, seen


def _events(before: Look) -> list[str]:
    return list(
        Event.objects.filter(pk__gt=before.mark).order_by("pk").values_list("type", flat=True)
    )


def _mails_planned(plan: Plan) -> Counter[tuple[str, str]]:
    return Counter((one.to, one.subject) for one in plan.mails)


def _mails(before: Look) -> Counter[tuple[str, str]]:
    rows = Mail.objects.filter(pk__gt=before.mark)
    return Counter(rows.values_list("recipient", "subject"))


def _told(before: Look) -> Counter[str]:
    """What the merchant's endpoint, which listens to everything, is told."""
    return Counter(WebhookEvent.objects.filter(pk__gt=before.mark).values_list("type", flat=True))
