"""The control API of money: balances, fees, payouts, disputes, warnings, refunding."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from . import banks, billing, disputing, ledger, onboarding, refunding
from .call import Call
from .resources import (
    early_fraud_warnings,
    payouts,
)
from .runtime import PLATFORM, Runtime

Obj = dict[str, Any]


@contextmanager
def acting(sim: Runtime, account: str = PLATFORM) -> Iterator[Call]:
    """A call of the sandbox itself, committed at the end."""
    with sim.store.writing() as unit:
        call = Call(sim, unit, account, sim.clock.now())
        yield call
        call.run_later()
        unit.commit()


def add_balance(sim: Runtime, body: Obj) -> Obj:
    """Put `amount` of `currency` on the balance of `account` (default: the platform), available
    at once or after `days`; negative takes away."""
    account = str(body.get("account", PLATFORM))
    with acting(sim, account) as call:
        if account != PLATFORM:
            onboarding.find(call, account)
        currency = str(body.get("currency", ledger.home_currency(call)))
        days = int(body.get("days", 0))
        transaction = ledger.post(
            call,
            type_="adjustment",
            category="other_adjustment",
            source=None,
            amount=int(body["amount"]),
            currency=currency,
            available_on=call.now + days * 86400 if days else None,
            description=str(body.get("description", "Sandbox adjustment")),
        )
        available, pending = ledger.totals(call)[currency]
        return {"id": transaction["id"], "available": available, "pending": pending}


def add_fee(sim: Runtime, body: Obj) -> Obj:
    """A fee that Stripe bills apart from payments: `amount`, `description`, `currency`,
    `account` (default: the platform)."""
    with acting(sim, str(body.get("account", PLATFORM))) as call:
        currency = str(body.get("currency", ledger.home_currency(call)))
        transaction = billing.post(call, int(body["amount"]), currency, str(body["description"]))
        return {"id": transaction["id"]}


def end_payout(sim: Runtime, body: Obj, payout: str) -> Obj:
    """`outcome` in_transit, paid or failed (`code`), now; failed is possible after paid."""
    with acting(sim) as call:
        found = call.get(payout) or call.unit.get_connected(payout)
        if found is None or found["object"] != "payout":
            raise ValueError(f"there is no payout {payout}")
        bank = call.unit.get(PLATFORM, found["destination"])
        bank = bank or call.unit.get_connected(found["destination"])
        own = call.of(bank["account"]) if bank else call
        steps = {"pending": 0, "in_transit": 1, "paid": 2, "failed": 3, "canceled": 3}
        outcome = str(body["outcome"])
        if steps[outcome] <= steps[found["status"]]:
            raise ValueError(f"a payout that is {found['status']} cannot become {outcome}")
        if found["status"] == "pending":
            payouts.send_payout(own, payout)
        if outcome == "paid":
            payouts.pay(own, found)
        elif outcome == "failed":
            code = str(body.get("code", "could_not_process"))
            if code not in banks.MESSAGES:
                raise ValueError(f"code must be one of {', '.join(banks.MESSAGES)}")
            payouts.fail(own, found, code)
        return {"id": payout, "status": found["status"]}


def open_dispute(sim: Runtime, body: Obj) -> Obj:
    """A dispute about `charge`: `reason`, `amount` (default: all that is left), `inquiry`.

    With `rapid_resolution` the network gives the money back at once and without a fee; `status`
    says how that looks: lost (default) or prevented.
    """
    reason = str(body.get("reason", "fraudulent"))
    if reason not in disputing.REASONS:
        raise ValueError(f"reason must be one of {', '.join(disputing.REASONS)}")
    amount = int(body["amount"]) if "amount" in body else None
    with acting(sim) as call:
        charge = call.find("charge", str(body["charge"]))
        if charge["disputed"] or not charge["captured"] or charge["status"] != "succeeded":
            raise ValueError("a charge can be disputed once, when it has taken money")
        if charge["refunded"] and amount is None:
            raise ValueError("the charge was refunded; say the amount to dispute it all the same")
        if body.get("rapid_resolution"):
            status = str(body.get("status", "lost"))
            if status not in ("lost", "prevented"):
                raise ValueError("status is lost or prevented")
            made = disputing.resolve_rapidly(
                call, charge, reason=reason, status=status, amount=amount
            )
        else:
            inquiry = bool(body.get("inquiry", False))
            made = disputing.open_for(call, charge, reason=reason, inquiry=inquiry, amount=amount)
        return {"id": made["id"], "status": made["status"]}


def end_dispute(sim: Runtime, body: Obj, dispute: str) -> Obj:
    """`outcome` won, lost, prevented or escalate, now; an inquiry that is won or lost closes."""
    verbs = {
        "won": disputing.decide_for_merchant,
        "lost": disputing.decide_for_cardholder,
        "prevented": disputing.prevent,
        "escalate": disputing.escalate_inquiry,
    }
    verb = verbs[str(body["outcome"])]
    with acting(sim) as call:
        found = call.find("dispute", dispute)
        if found["status"] in disputing.CLOSED:
            raise ValueError(f"{dispute} is {found['status']} already")
        if verb is disputing.prevent and not disputing.is_inquiry(found):
            raise ValueError("only an inquiry can be prevented from becoming a dispute")
        verb(call, dispute)
        return {"id": dispute, "status": found["status"]}


def warn_of_fraud(sim: Runtime, body: Obj) -> Obj:
    """An early fraud warning about `charge`, of a `fraud_type`."""
    with acting(sim) as call:
        charge = call.find("charge", str(body["charge"]))
        type_ = str(body.get("fraud_type", "made_with_stolen_card"))
        return {"id": early_fraud_warnings.warn(call, charge, type_)["id"]}


def end_refund(sim: Runtime, body: Obj, refund: str) -> Obj:
    """`outcome` succeed, fail (`reason`), require_action (pending ones) or cancel, now."""
    outcome = str(body["outcome"])
    with acting(sim) as call:
        found = call.find("refund", refund)
        if outcome == "succeed":
            refunding.complete_refund(call, refund)
        elif outcome == "fail":
            refunding.fail(call, found, str(body.get("reason", "expired_or_canceled_card")))
        elif outcome == "require_action":
            refunding.ask_customer(call, found)
        elif outcome == "cancel":
            if found["status"] not in ("pending", "requires_action"):
                raise ValueError(f"a refund that {found['status']} cannot be canceled")
            refunding.call_off(call, found)
        else:
            raise ValueError("outcome is succeed, fail, require_action or cancel")
        return {"id": refund, "status": found["status"]}
