"""What an account still owes before it may be paid, and how its answers are checked.

`_given` holds what is known of the holder, `_errors` which answers were not believed, `_extra`
what was asked for later, until `_deadline`. Everything that callers see follows from these.
"""

from copy import deepcopy
from typing import Any

from .call import Call
from .errors import ApiError
from .present import public
from .runtime import PLATFORM
from .scheduler import job
from .templates import template

Obj = dict[str, Any]
DAY = 86400

_ALWAYS = ["business_type", "external_account", "tos_acceptance.date", "tos_acceptance.ip"]
_PERSON = ["first_name", "last_name", "dob.day", "dob.month", "dob.year", "address.line1",
           "address.city", "address.postal_code"]  # fmt: skip
_COMPANY = ["company.name", "company.address.line1", "company.address.city",
            "company.address.postal_code"]  # fmt: skip
_SHOP = ["business_profile.mcc", "business_profile.url"]
_ID_NUMBER, _DOCUMENT = "individual.id_number", "individual.verification.document"
# Test answers that are not believed, and what the account then hears.
_DISBELIEVED = {
    (_ID_NUMBER, "111111111"): (
        "verification_failed_id_number_match",
        "The ID number does not belong to the person. Correct it.",
    ),
    ("individual.address.line1", "address_no_match"): (
        "verification_failed_address_match",
        "The address does not belong to the person. Correct it.",
    ),
}
_LISTS = ("currently_due", "eventually_due", "past_due", "pending_verification", "errors")


def find(call: Call, account: str) -> Obj:
    """A living connected account; 403 for any other, as Stripe answers."""
    found = call.unit.get(PLATFORM, account)
    if found is None or found["object"] != "account" or found.get("deleted"):
        raise ApiError(
            403,
            "invalid_request_error",
            f"The provided key does not have access to account '{account}' (or that account does"
            " not exist). Application access may have been revoked.",
            code="account_invalid",
        )
    return found


def needed(account: Obj) -> list[str]:
    """Every field that this kind of account has to give."""
    person = [f"individual.{name}" for name in _PERSON]
    fields = [*_ALWAYS, *person]
    if account["country"] == "US":
        fields.append(_ID_NUMBER)
    if account["business_type"] == "company":
        fields += _COMPANY
    if "card_payments" in account["_requested"]:
        fields += _SHOP
    return sorted(fields)


def _has(account: Obj, field: str) -> bool:
    if field == "external_account":
        banks = account["external_accounts"]["data"]
        return bool(banks) and all(bank["status"] != "errored" for bank in banks)
    if field == "business_type":
        return bool(account["business_type"])
    head, _, rest = field.partition(".")
    if head in ("tos_acceptance", "business_profile"):
        return bool(account[head].get(rest))
    return bool(account["_given"].get(field))


def missing(account: Obj) -> list[str]:
    """The fields that were not given, not believed, or asked for later."""
    wrong = [error["requirement"] for error in account["_errors"]]
    lacking = [field for field in needed(account) if not _has(account, field)]
    return sorted({*lacking, *wrong, *account["_extra"]})


def start(account: Obj) -> None:
    """The hidden keys of a new account."""
    account |= {"_requested": [], "_given": {}, "_errors": [], "_extra": [], "_deadline": None,
                "_verified": False, "_rejected": None, "_scheduled": False,
                "_seen": None}  # fmt: skip


def refresh(call: Call, account: Obj) -> None:
    """Recompute what callers see, store it, and tell of what changed since the last time."""
    due = missing(account)
    deadline = account["_deadline"]
    late = bool(due) and deadline is not None and deadline <= call.now
    checking = bool(account["details_submitted"] and not due and not account["_verified"])
    rejected = account["_rejected"]
    # who was verified and is asked for more stays able until the deadline
    able = bool(
        account["_verified"]
        and not (late or rejected or account["_errors"])
        and set(due) <= {*account["_extra"], "external_account"}
    )
    lists = template("capability")["requirements"]
    lists.update(
        currently_due=due,
        eventually_due=due,
        past_due=due if late else [],
        pending_verification=[_ID_NUMBER if account["country"] == "US" else _DOCUMENT]
        if checking
        else [],
        errors=account["_errors"],
        current_deadline=deadline if due else None,
    )
    if rejected:
        lists.update({name: [] for name in _LISTS}, disabled_reason=f"rejected.{rejected}")
    elif checking:
        lists["disabled_reason"] = "requirements.pending_verification"
    elif not able:
        lists["disabled_reason"] = "requirements.past_due"
    account["requirements"] = lists
    status = "active" if able else "pending" if checking and not rejected else "inactive"
    account["capabilities"] = dict.fromkeys(account["_requested"], status)
    account["charges_enabled"] = account["capabilities"].get("card_payments") == "active"
    payable = status == "active" and bool(account["_requested"])
    account["payouts_enabled"] = payable and _has(account, "external_account")
    interval = account["settings"]["payouts"]["schedule"]["interval"]
    if account["payouts_enabled"] and interval != "manual" and not account["_scheduled"]:
        account["_scheduled"] = True
        midnight = DAY - call.now % DAY
        call.of(PLATFORM).schedule(midnight, "pay_out_automatically", account["id"])
    _tell(call, account)


def _tell(call: Call, account: Obj) -> None:
    before, now = account["_seen"], deepcopy(public(account))
    account["_seen"] = now
    call.of(PLATFORM).save(account)
    if before is None:
        return
    changed = {key: before.get(key) for key in now if before.get(key) != now[key]}
    if not changed:
        return
    own = call.of(account["id"])
    for name, status in now["capabilities"].items():
        if before["capabilities"].get(name) != status:
            own.emit("capability.updated", capability(account, name))
    own.emit("account.updated", account, changed)


def capability(account: Obj, name: str) -> Obj:
    """One capability as an object of its own."""
    requested = name in account["_requested"]
    found = template("capability", id=name, account=account["id"], requested=requested)
    found["requested_at"] = account["created"] if requested else None
    found["status"] = account["capabilities"].get(name, "unrequested")
    if requested:
        found["requirements"] = {**account["requirements"], "disabled_reason": None}
    return found


def give(account: Obj, values: Obj, prefix: str) -> None:
    """Take over answers, nested or not; an answer replaces the doubt about the former one."""
    for name, value in values.items():
        field = f"{prefix}.{name}"
        if isinstance(value, dict):
            give(account, value, field)
            continue
        account["_given"][field] = value
        answered = (error for error in account["_errors"] if error["requirement"] == field)
        for error in list(answered):
            account["_errors"].remove(error)
        if field in account["_extra"]:
            account["_extra"].remove(field)


def submit(call: Call, account: Obj) -> None:
    """Hand in what was given: complete answers are checked after `verification_delay`."""
    due = missing(account)
    if not due:
        account["_deadline"] = None
    if not due and not account["_verified"]:
        account["details_submitted"] = True
        delay = call.runtime.config["verification_delay"]
        call.of(PLATFORM).schedule(delay, "verify_account", account["id"])
    refresh(call, account)


@job
def verify_account(call: Call, subject: str) -> None:
    """The answers are believed, unless a test value says that they are not."""
    account = call.find("account", subject)
    if account["_verified"] or account["_rejected"] or missing(account):
        return
    account["_errors"] = [
        {"code": code, "reason": reason, "requirement": field}
        for (field, value), (code, reason) in _DISBELIEVED.items()
        if account["_given"].get(field) == value
    ]
    account["_verified"] = not account["_errors"]
    refresh(call, account)


@job
def pass_deadline(call: Call, subject: str) -> None:
    """What was asked for until now is late."""
    refresh(call, call.find("account", subject))


def demand(call: Call, account: Obj, fields: list[str], seconds: int) -> None:
    """Ask a working account for more, within so many seconds."""
    account["_extra"] = sorted({*account["_extra"], *fields})
    account["_deadline"] = call.now + seconds
    call.of(PLATFORM).schedule(seconds, "pass_deadline", account["id"])
    refresh(call, account)


def doubt(call: Call, account: Obj, field: str, code: str, reason: str) -> None:
    """An answer of the account is no longer believed."""
    account["_errors"] = [{"code": code, "reason": reason, "requirement": field}]
    account["_verified"] = False
    refresh(call, account)


def answers(country: str) -> Obj:
    """Good test answers for a person, as the onboarding page proposes them."""
    given: Obj = {
        "first_name": "Jenny",
        "last_name": "Rosen",
        "dob": {"day": "1", "month": "1", "year": "1981"},
        "address": {"line1": "address_full_match", "city": "Springfield", "postal_code": "10115"},
    }
    if country == "US":
        given["id_number"] = "000000000"
    return given
