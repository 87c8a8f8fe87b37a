"""The pages that account links and login links lead to: onboarding, and the Express dashboard."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import render

from .. import banks, ledger, onboarding
from ..call import Call
from ..errors import ApiError
from ..fx import money
from ..ids import random_text
from ..listing import page
from ..resources import account_links, external_accounts
from ..runtime import PLATFORM, runtime
from ..store import Unit

Obj = dict[str, Any]
_GONE = "This link was used before, is too old, or never existed. Ask for a new one."


def open_link(request: HttpRequest, account: str, token: str) -> HttpResponse:
    """Use up a link. A stale one goes back to `refresh_url`, where the platform makes another."""
    request.get_host()
    sim = runtime()
    with sim.store.writing() as unit:
        link = unit.get(PLATFORM, token)
        if link is None or link["object"] != account_links.KIND or link["account"] != account:
            return HttpResponseBadRequest(_GONE)
        if link["used"] or sim.clock.now() >= link["created"] + account_links.VALID:
            stale = link.get("refresh_url")
            return HttpResponseRedirect(stale) if stale else HttpResponseBadRequest(_GONE)
        link.update(used=True, session=random_text(40))
        unit.save(PLATFORM, link)
        unit.commit()
        return HttpResponseRedirect(f"/{link['page']}/s/{token}/{link['session']}")


def _call(unit: Unit) -> Call:
    sim = runtime()
    return Call(sim, unit, PLATFORM, sim.clock.now())


def _session(unit: Unit, token: str, session: str, page_: str) -> tuple[Obj, Obj] | None:
    """The opened link and its account, if this visitor opened it."""
    link = unit.get(PLATFORM, token)
    if link is None or link["object"] != account_links.KIND or link["page"] != page_:
        return None
    account = unit.get(PLATFORM, link["account"])
    if link.get("session") != session or account is None or account.get("deleted"):
        return None
    return link, account


def onboard(request: HttpRequest, token: str, session: str) -> HttpResponse:
    """The form in which the holder gives what is due; then back to the platform."""
    request.get_host()
    if request.method != "POST":
        found = _session(runtime().store.reading(), token, session, "setup")
        return _form(request, *found) if found else HttpResponseBadRequest(_GONE)
    with runtime().store.writing() as unit:
        found = _session(unit, token, session, "setup")
        if found is None:
            return HttpResponseBadRequest(_GONE)
        link, account = found
        if request.POST.get("action") == "submit":
            call = _call(unit)
            try:
                _take(call, account, request.POST.dict())
            except ApiError as error:
                unit.rollback()
                return _form(request, link, account, str(error))
            unit.commit()
        return HttpResponseRedirect(link["return_url"])


def _form(request: HttpRequest, link: Obj, account: Obj, error: str = "") -> HttpResponse:
    context = {
        "account": account,
        "errors": account["_errors"],
        "error": error,
        "due": onboarding.missing(account),
        "good": onboarding.answers(account["country"]),
        "bank": banks.GOOD,
        "routing": banks.ROUTING,
        "banks": [{"number": number, "result": banks.failure(number) or "paid"}
                  for number in dict.fromkeys(banks.TOKENS.values())],
    }  # fmt: skip
    return render(request, "onboarding.html", context, status=400 if error else 200)


def _take(call: Call, account: Obj, sent: dict[str, str]) -> None:
    """The form's answers become the account's."""
    account["business_type"] = sent.get("business_type") or "individual"
    for field, value in sent.items():
        if field.startswith(("individual.", "company.")) and value:
            onboarding.give(account, {field.partition(".")[2]: value}, field.partition(".")[0])
    for field, value in (("mcc", "5734"), ("url", sent.get("url") or "https://example.com")):
        account["business_profile"][field] = account["business_profile"][field] or value
    for field in list(account["_extra"]):
        head, _, rest = field.partition(".")
        onboarding.give(account, {rest: "given"}, head)
    account["tos_acceptance"].update(date=call.now, ip="127.0.0.1", user_agent="sandbox")
    add_bank(call, account, sent)
    onboarding.submit(call, account)


def add_bank(call: Call, account: Obj, sent: dict[str, str]) -> None:
    """The bank account of a form, when one was typed, in place of the former one."""
    if not sent.get("account_number"):
        return
    values = {
        "account_number": sent["account_number"],
        "country": sent.get("bank_country") or account["country"],
        "currency": (sent.get("bank_currency") or account["default_currency"]).lower(),
        "routing_number": sent.get("routing_number") or None,
    }
    external_accounts.add(call, account, values, instead=True)


def express(request: HttpRequest, token: str, session: str) -> HttpResponse:
    """Balance, payouts and the bank account; the bank account can be replaced."""
    request.get_host()
    if request.method != "POST":
        unit = runtime().store.reading()
        found = _session(unit, token, session, "express")
        return _dashboard(request, unit, found[1]) if found else HttpResponseBadRequest(_GONE)
    with runtime().store.writing() as unit:
        found = _session(unit, token, session, "express")
        if found is None:
            return HttpResponseBadRequest(_GONE)
        call = _call(unit)
        try:
            add_bank(call, found[1], request.POST.dict())
        except ApiError as error:
            unit.rollback()
            return _dashboard(request, unit, found[1], str(error))
        onboarding.submit(call, found[1])
        unit.commit()
        return HttpResponseRedirect(request.path)


def _dashboard(request: HttpRequest, unit: Unit, account: Obj, error: str = "") -> HttpResponse:
    call = _call(unit).of(account["id"])
    context = {
        "account": account,
        "error": error,
        "balances": [
            (money(available, currency), money(pending, currency))
            for currency, (available, pending) in ledger.totals(call).items()
        ],
        "payouts": [
            (payout["id"], money(payout["amount"], payout["currency"]), payout["status"])
            for payout in page(call, "payout", {"limit": 20}, url="")["data"]
        ],
        "routing": banks.ROUTING,
    }
    return render(request, "express.html", context, status=400 if error else 200)
