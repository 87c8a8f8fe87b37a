"""The control API of connected accounts: what their holders and their reviewers do."""

from typing import Any

from . import banks, ledger, onboarding
from .call import Call
from .control_money import acting
from .fx import money
from .ids import new_id
from .listing import page
from .resources import accounts, external_accounts
from .runtime import PLATFORM, Runtime

Obj = dict[str, Any]


def add_account(sim: Runtime, body: Obj) -> Obj:
    """A connected account that is ready for transfers and payouts; the same `id` again is itself.

    `country`, `currency`, `bank` (account number), `type`, `name`, `ready` (false: nothing given).
    """
    wanted = str(body.get("id") or new_id("acct"))
    with acting(sim) as call:
        account = call.unit.get(PLATFORM, wanted)
        if account is None:
            params: Obj = {
                "type": str(body.get("type", "express")),
                "country": str(body.get("country", "US")),
                "capabilities": {"transfers": {"requested": True}},
                "settings": {"payouts": {"schedule": {"interval": "manual"}}},
                "business_profile": {"name": body.get("name")},
            }
            if "currency" in body:
                params["default_currency"] = str(body["currency"])
            account = accounts.open_account(call, params, id_=wanted)
            if body.get("ready", True):
                _complete(call, account, str(body.get("bank", banks.GOOD)))
        return {"id": account["id"], "payouts_enabled": account["payouts_enabled"]}


def _complete(call: Call, account: Obj, bank: str | None) -> None:
    """Give everything that is due, with answers that are believed."""
    account["business_type"] = account["business_type"] or "individual"
    account["tos_acceptance"].update(date=call.now, ip="127.0.0.1", user_agent="sandbox")
    for field in ("mcc", "url"):
        account["business_profile"][field] = account["business_profile"][field] or "5734"
    onboarding.give(account, onboarding.answers(account["country"]), "individual")
    company = {"name": "Rosen Ltd", "address": onboarding.answers("US")["address"]}
    onboarding.give(account, company, "company")
    account.update(_errors=[], _extra=[])
    if bank is not None:
        values = {"account_number": bank, "country": account["country"],
                  "currency": account["default_currency"],
                  "routing_number": banks.ROUTING}  # fmt: skip
        external_accounts.add(call, account, values, instead=True)
    onboarding.submit(call, account)
    onboarding.verify_account(call, account["id"])


def steer_account(sim: Runtime, body: Obj, account: str) -> Obj:
    """`outcome`: what the account's holder, or Stripe's review, does now.

    complete (`bank`): everything given and believed. verify: check what was given. fail (`field`,
    `code`, `reason`): an answer is no longer believed. require (`fields`, `seconds`): more is due.
    """
    with acting(sim) as call:
        found = onboarding.find(call, account)
        outcome = str(body["outcome"])
        if outcome == "complete":
            held = found["external_accounts"]["data"]
            _complete(call, found, body.get("bank") or (None if held else banks.GOOD))
        elif outcome == "verify":
            onboarding.verify_account(call, account)
        elif outcome == "fail":
            field = str(body.get("field", "individual.id_number"))
            code = str(body.get("code", "verification_failed_id_number_match"))
            reason = str(body.get("reason", "The answer could not be verified."))
            onboarding.doubt(call, found, field, code, reason)
        elif outcome == "require":
            fields = [str(field) for field in body.get("fields", ["individual.id_number"])]
            onboarding.demand(call, found, fields, int(body.get("seconds", 14 * 86400)))
        else:
            raise ValueError("outcome is complete, verify, fail or require")
        return {
            "id": account,
            "payouts_enabled": found["payouts_enabled"],
            "capabilities": found["capabilities"],
            "requirements": found["requirements"],
        }


def list_accounts(sim: Runtime, body: Obj) -> Obj:
    """The latest fifty accounts: their state, and what is available to each."""
    unit = sim.store.reading()
    call = Call(sim, unit, PLATFORM, sim.clock.now())
    found = page(call, "account", {"limit": 50}, url="")["data"]
    return {"accounts": [_summary(call.of(account["id"]), account) for account in found]}


def _summary(call: Call, account: Obj) -> Obj:
    reason = account["requirements"]["disabled_reason"]
    return {
        "id": account["id"],
        "name": account["business_profile"]["name"],
        "country": account["country"],
        "state": "payouts on" if account["payouts_enabled"] else reason or "payouts off",
        "available": [money(now, currency) for currency, (now, _) in ledger.totals(call).items()],
    }
