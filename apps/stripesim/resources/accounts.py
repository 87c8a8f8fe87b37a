"""Connected accounts: opened by the platform, filled in by their holders, paid by transfers."""

from collections.abc import Mapping
from typing import Any

from .. import banks, ledger, onboarding
from ..call import Call
from ..errors import invalid
from ..ids import new_id
from ..listing import page
from ..metadata import merge
from ..params import (
    ADDRESS,
    LISTING,
    Boolean,
    Created,
    Currency,
    Fields,
    Integer,
    Kind,
    Metadata,
    Text,
    TextOrFields,
)
from ..routes import Resource
from ..runtime import PLATFORM
from ..templates import template
from . import external_accounts

Obj = dict[str, Any]
resource = Resource()
CAPABILITIES = ("card_payments", "legacy_payments", "transfers")

_PERSON: dict[str, Kind] = {
    "address": Fields(ADDRESS),
    "dob": Fields({name: Text() for name in ("day", "month", "year")}),
    **{name: Text() for name in ("email", "first_name", "id_number", "last_name", "phone",
                                 "ssn_last_4")},
}  # fmt: skip
_COMPANY: dict[str, Kind] = {
    "address": Fields(ADDRESS),
    **{name: Text() for name in ("name", "phone", "tax_id", "vat_id")},
}
_SCHEDULE: dict[str, Kind] = {
    "delay_days": Text(),
    "interval": Text("daily", "manual", "monthly", "weekly"),
    "monthly_anchor": Integer(1, 31),
    "weekly_anchor": Text(),
}
_SETTINGS: dict[str, Kind] = {
    "branding": Fields({name: Text(unset=True) for name in
                        ("icon", "logo", "primary_color", "secondary_color")}),
    "card_payments": Fields({"statement_descriptor_prefix": Text(unset=True)}),
    "payments": Fields({"statement_descriptor": Text(max_length=22, unset=True)}),
    "payouts": Fields({
        "debit_negative_balances": Boolean(),
        "schedule": Fields(_SCHEDULE),
        "statement_descriptor": Text(max_length=22, unset=True),
    }),
}  # fmt: skip
_PROFILE: dict[str, Kind] = {
    "support_address": Fields(ADDRESS),
    **{name: Text(unset=True) for name in ("mcc", "name", "product_description", "support_email",
                                           "support_phone", "support_url", "url")},
}  # fmt: skip
_FIELDS: dict[str, Kind] = {
    "business_profile": Fields(_PROFILE),
    "business_type": Text("company", "government_entity", "individual", "non_profit"),
    "capabilities": Fields({name: Fields({"requested": Boolean()}) for name in CAPABILITIES}),
    "company": Fields(_COMPANY),
    "default_currency": Currency(),
    "email": Text(unset=True),
    "external_account": TextOrFields(external_accounts.BANK),
    "individual": Fields(_PERSON),
    "metadata": Metadata(),
    "settings": Fields(_SETTINGS),
    "tos_acceptance": Fields({
        "date": Integer(), "ip": Text(), "service_agreement": Text(), "user_agent": Text(),
    }),
}  # fmt: skip
_CONTROLLERS = {
    "express": ("application_express", "application", "stripe", "express"),
    "custom": ("application_custom", "application", "application", "none"),
    "standard": ("account", "stripe", "stripe", "full"),
}


@resource.on(
    "POST",
    "/v1/accounts",
    {
        **_FIELDS,
        "bank_account": TextOrFields(external_accounts.BANK),
        "country": Text(max_length=2),
        "type": Text("custom", "express", "standard"),
    },
)
def create(call: Call, params: Obj) -> Obj:
    """Open an account; what it has to give stands in its `requirements`."""
    return open_account(call, params)


def open_account(call: Call, params: Obj, id_: str | None = None) -> Obj:
    """A new account from its typed parameters, under a given id or a fresh one."""
    country = params.pop("country", "US").upper()
    type_ = params.pop("type", "standard")
    currency = params.pop("default_currency", None) or banks.home_currency(country)
    banks.home_currency(country)
    account = template("account", country=country, default_currency=currency)
    account.update(id=id_ or new_id("acct"), created=call.now)
    call.unit.add(PLATFORM, account)
    payer, losses, collection, dashboard = _CONTROLLERS[type_]
    account.update(
        type=type_,
        controller={
            "fees": {"payer": payer},
            "is_controller": True,
            "losses": {"payments": losses},
            "requirement_collection": collection,
            "stripe_dashboard": {"type": dashboard},
            "type": "application",
        },
    )
    account["external_accounts"]["url"] = f"/v1/accounts/{account['id']}/external_accounts"
    onboarding.start(account)
    if bank := params.pop("bank_account", None):
        params["external_account"] = bank
    _apply(call, account, params)
    onboarding.submit(call, account)
    return account


def _apply(call: Call, account: Obj, params: Obj) -> None:
    merge(account, params)
    for name, wish in params.pop("capabilities", {}).items():
        wanted = set(account["_requested"]) - {name}
        account["_requested"] = sorted(wanted | {name} if wish.get("requested") else wanted)
    for name in ("individual", "company"):
        onboarding.give(account, params.pop(name, {}), name)
    if bank := params.pop("external_account", None):
        external_accounts.add(call, account, bank, instead=True)
    for name in ("business_profile", "settings", "tos_acceptance"):
        _merge(account[name], params.pop(name, {}))
    account.update(params)


def _merge(target: Obj, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if isinstance(value, dict):
            inner = target.get(name)
            if inner is None:
                inner = target[name] = {}
            _merge(inner, value)
        elif name == "delay_days":
            target[name] = int(value) if value.isdigit() else 2
        else:
            target[name] = value


@resource.on("GET", "/v1/accounts", {**LISTING, "created": Created()})
def index(call: Call, params: Obj) -> Obj:
    """A page, newest first."""
    return page(call.of(PLATFORM), "account", params, url="/v1/accounts")


@resource.on("GET", "/v1/account")
def retrieve_own(call: Call, params: Obj) -> Obj:
    """The account that the call speaks for."""
    if call.account != PLATFORM:
        return onboarding.find(call, call.account)
    own = template("account", id=PLATFORM, type="standard", charges_enabled=True)
    own.update(payouts_enabled=True, details_submitted=True)
    own.update(controller={"type": "account"}, email="platform@example.com")
    own["capabilities"] = dict.fromkeys(("card_payments", "transfers"), "active")
    own["external_accounts"]["url"] = f"/v1/accounts/{PLATFORM}/external_accounts"
    return own


@resource.on("GET", "/v1/accounts/<str:account>")
def retrieve(call: Call, params: Obj, account: str) -> Obj:
    """One by its id."""
    return onboarding.find(call, account)


@resource.on("POST", "/v1/accounts/<str:account>", _FIELDS)
def update(call: Call, params: Obj, account: str) -> Obj:
    """Change what was sent; complete answers are checked anew."""
    found = onboarding.find(call, account)
    _apply(call, found, params)
    onboarding.submit(call, found)
    return found


@resource.on("DELETE", "/v1/accounts/<str:account>")
def delete(call: Call, params: Obj, account: str) -> Obj:
    """Delete an account without a balance; only its id remains."""
    found = onboarding.find(call, account)
    if any(any(both) for both in ledger.totals(call.of(account)).values()):
        raise invalid("This account has a balance and cannot be deleted.", param="account")
    found["deleted"] = True
    return call.of(PLATFORM).save(found)


@resource.on(
    "POST",
    "/v1/accounts/<str:account>/reject",
    {"reason": Text("fraud", "other", "terms_of_service", required=True)},
)
def reject(call: Call, params: Obj, account: str) -> Obj:
    """Shut the account out for good. The first reason stays."""
    found = onboarding.find(call, account)
    found["_rejected"] = found["_rejected"] or params["reason"]
    onboarding.refresh(call, found)
    return found


@resource.on("GET", "/v1/accounts/<str:account>/capabilities")
def index_capabilities(call: Call, params: Obj, account: str) -> Obj:
    """All capabilities that were asked for."""
    found = onboarding.find(call, account)
    data = [onboarding.capability(found, name) for name in found["_requested"]]
    url = f"/v1/accounts/{account}/capabilities"
    return {"object": "list", "data": data, "has_more": False, "url": url}


@resource.on("GET", "/v1/accounts/<str:account>/capabilities/<str:capability>")
def retrieve_capability(call: Call, params: Obj, account: str, capability: str) -> Obj:
    """One capability, asked for or not."""
    found = onboarding.find(call, account)
    if capability not in CAPABILITIES:
        raise invalid(f"Unknown capability '{capability}'.", param="capability")
    return onboarding.capability(found, capability)


@resource.on(
    "POST",
    "/v1/accounts/<str:account>/capabilities/<str:capability>",
    {"requested": Boolean()},
)
def update_capability(call: Call, params: Obj, account: str, capability: str) -> Obj:
    """Ask for a capability, or give it back."""
    found = onboarding.find(call, account)
    if capability not in CAPABILITIES:
        raise invalid(f"Unknown capability '{capability}'.", param="capability")
    _apply(call, found, {"capabilities": {capability: params}})
    onboarding.submit(call, found)
    return onboarding.capability(found, capability)
