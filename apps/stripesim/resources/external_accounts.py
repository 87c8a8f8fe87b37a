"""Bank accounts of connected accounts: where their payouts go."""

from typing import Any

from .. import banks, onboarding
from ..call import Call
from ..errors import invalid, missing
from ..listing import page
from ..metadata import changed, merge
from ..params import LISTING, Boolean, Currency, Kind, Metadata, Text, TextOrFields
from ..present import public
from ..routes import Resource
from ..runtime import PLATFORM

Obj = dict[str, Any]
resource = Resource()

BANK: dict[str, Kind] = {
    "account_holder_name": Text(),
    "account_holder_type": Text("company", "individual"),
    "account_number": Text(required=True),
    "account_type": Text("checking", "futsu", "savings", "toza"),
    "country": Text(required=True, max_length=2),
    "currency": Currency(),
    "object": Text("bank_account"),
    "routing_number": Text(),
}


def _all(call: Call, account: str) -> list[Obj]:
    rows = call.unit.select(
        "SELECT body FROM objects WHERE account = ? AND kind = 'bank_account' ORDER BY seq",
        account,
    )
    found = [call.unit.load(account, row[0]) for row in rows]
    return [bank for bank in found if not bank.get("deleted")]


def default(call: Call, currency: str) -> Obj | None:
    """The acting account's bank account for payouts in the currency."""
    banks_ = [bank for bank in _all(call, call.account) if bank["currency"] == currency]
    return next((bank for bank in banks_ if bank["default_for_currency"]), None)


def add(call: Call, account: Obj, sent: Obj | str, *, instead: bool, first: bool = False) -> Obj:
    """A new bank account. `instead` of the default of its currency, or `first` before it."""
    values = banks.read(sent)
    own = call.of(account["id"])
    former = default(own, values["currency"])
    bank = own.create("bank_account", "ba", account=account["id"], status="new", **values)
    del bank["created"]
    bank["default_for_currency"] = former is None or instead or first
    own.emit("account.external_account.created", bank)
    if former and bank["default_for_currency"]:
        former["default_for_currency"] = False
        own.save(former)
        if instead:
            former["deleted"] = True
            own.emit("account.external_account.deleted", {**former, "deleted": False})
    show(own, account)
    return bank


def show(call: Call, account: Obj) -> None:
    """Bring the list inside the account up to date."""
    held = _all(call, account["id"])
    account["external_accounts"]["data"] = [public(bank) for bank in held]
    call.of(PLATFORM).save(account)


def fail(call: Call, bank: Obj) -> None:
    """A payout came back: nothing more goes there until the details are changed."""
    before = {"status": bank["status"]}
    bank["status"] = "errored"
    call.save(bank)
    call.emit("account.external_account.updated", bank, before)
    account = call.unit.get(PLATFORM, call.account)
    if account is not None:
        show(call, account)
        onboarding.refresh(call, account)


def _find(call: Call, account: str, bank: str) -> Obj:
    found = call.of(account).get(bank)
    if found is None or found["object"] != "bank_account" or found.get("deleted"):
        raise missing("external account", bank, in_path=True)
    return found


_PATH = "/v1/accounts/<str:account>/external_accounts"


@resource.on(
    "POST",
    _PATH,
    {
        "bank_account": TextOrFields(BANK),
        "default_for_currency": Boolean(),
        "external_account": TextOrFields(BANK),
        "metadata": Metadata(),
    },
)
def create(call: Call, params: Obj, account: str) -> Obj:
    """Add one; the first of its currency is the default."""
    owner = onboarding.find(call, account)
    sent = params.get("external_account") or params.get("bank_account")
    if not sent:
        raise invalid(
            "Missing required param: external_account.",
            param="external_account",
            code="parameter_missing",
        )
    bank = add(call, owner, sent, instead=False, first=params.get("default_for_currency", False))
    merge(bank, params)
    show(call, owner)
    onboarding.submit(call, owner)
    return bank


@resource.on("GET", _PATH, {**LISTING, "object": Text("bank_account", "card")})
def index(call: Call, params: Obj, account: str) -> Obj:
    """A page, newest first."""
    onboarding.find(call, account)
    where = {"parent": account if params.pop("object", None) != "card" else "none"}
    url = f"/v1/accounts/{account}/external_accounts"
    return page(call.of(account), "bank_account", params, url=url, where=where)


@resource.on("GET", f"{_PATH}/<str:bank>")
def retrieve(call: Call, params: Obj, account: str, bank: str) -> Obj:
    """One by its id."""
    onboarding.find(call, account)
    return _find(call, account, bank)


@resource.on(
    "POST",
    f"{_PATH}/<str:bank>",
    {
        "account_holder_name": Text(unset=True),
        "account_holder_type": Text("company", "individual", unset=True),
        "account_type": Text("checking", "futsu", "savings", "toza"),
        "default_for_currency": Boolean(),
        "metadata": Metadata(),
    },
)
def update(call: Call, params: Obj, account: str, bank: str) -> Obj:
    """Change what was sent; a bank account that had failed is tried anew."""
    owner, own = onboarding.find(call, account), call.of(account)
    found = _find(call, account, bank)
    before = dict(found)
    merge(found, params)
    if params.pop("default_for_currency", False):
        former = default(own, found["currency"])
        if former is not None and former is not found:
            former["default_for_currency"] = False
            own.save(former)
        found["default_for_currency"] = True
    found.update(params)
    found["status"] = "new"
    own.save(found)
    if difference := changed(before, found):
        own.emit("account.external_account.updated", found, difference)
    show(call, owner)
    onboarding.submit(call, owner)
    return found


@resource.on("DELETE", f"{_PATH}/<str:bank>")
def delete(call: Call, params: Obj, account: str, bank: str) -> Obj:
    """Delete; the default of a currency only when it is the account's last."""
    owner, own = onboarding.find(call, account), call.of(account)
    found = _find(call, account, bank)
    same = [other for other in _all(call, account) if other["currency"] == found["currency"]]
    if found["default_for_currency"] and len(same) > 1:
        raise invalid(
            "You cannot delete the default external account for a currency. Make another one the"
            " default first.",
            param="id",
        )
    own.emit("account.external_account.deleted", found)
    found["deleted"] = True
    own.save(found)
    show(call, owner)
    onboarding.refresh(call, owner)
    return found
