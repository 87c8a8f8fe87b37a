"""Automatic payouts: accounts whose schedule is not manual are paid out by the sandbox's clock."""

from datetime import UTC, datetime
from typing import Any

from . import ledger
from .call import Call
from .resources import external_accounts, payouts
from .scheduler import job

Obj = dict[str, Any]
DAY = 86400
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@job
def pay_out_automatically(call: Call, subject: str) -> None:
    """Each midnight while the schedule is not manual: pay out what is available, if it is a day."""
    account = call.find("account", subject)
    schedule = account["settings"]["payouts"]["schedule"]
    if schedule["interval"] == "manual" or not account["payouts_enabled"]:
        account["_scheduled"] = False
        call.save(account)
        return
    call.schedule(DAY - call.now % DAY, "pay_out_automatically", subject)
    if not is_payday(schedule, call.now):
        return
    own = call.of(subject)
    for currency, (available, _) in ledger.totals(own).items():
        bank = external_accounts.default(own, currency)
        if available > 0 and bank is not None and bank["status"] != "errored":
            _pay_out(own, bank, available)


def is_payday(schedule: Obj, now: int) -> bool:
    """Whether the schedule pays on the day of `now`: never at weekends."""
    day = datetime.fromtimestamp(now, UTC)
    if schedule["interval"] == "weekly":
        return bool(_WEEKDAYS[day.weekday()] == schedule.get("weekly_anchor", "monday"))
    if schedule["interval"] == "monthly":
        return bool(day.day == schedule.get("monthly_anchor", 1))
    return day.weekday() < 5


def _pay_out(call: Call, bank: Obj, amount: int) -> None:
    payout = call.create("payout", "po", amount=amount, currency=bank["currency"], metadata={})
    payout.update(automatic=True, destination=bank["id"], reconciliation_status="completed")
    for (body,) in call.unit.select(
        "SELECT body FROM objects WHERE account = ? AND kind = 'balance_transaction'"
        " AND json_extract(body, '$._payout') IS NULL",
        call.account,
    ):
        part = call.unit.load(call.account, body)
        if part["currency"] == bank["currency"] and part["available_on"] <= call.now:
            part["_payout"] = payout["id"]
            call.save(part)
    payouts.send(call, payout)
    call.emit("payout.reconciliation_completed", payout)
