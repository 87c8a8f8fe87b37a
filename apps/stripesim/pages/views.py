"""Pages and scripts of the sandbox's browser side."""

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import render
from django.utils.crypto import constant_time_compare

from .. import charging, setting_up
from ..call import Call
from ..runtime import PLATFORM, runtime
from ..store import Unit

Obj = dict[str, Any]

_ASSETS = Path(__file__).parent / "assets"
_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
_FILES = {
    path.name: (path.read_bytes(), _TYPES[path.suffix])
    for path in _ASSETS.iterdir()
    if path.suffix in _TYPES
}


def asset(request: HttpRequest, name: str) -> HttpResponse:
    """A script or style sheet of the sandbox."""
    if name not in _FILES:
        return HttpResponse("Not found.", status=404, content_type="text/plain")
    body, content_type = _FILES[name]
    response = HttpResponse(body, content_type=content_type)
    response["Cache-Control"] = "no-cache"
    response["Access-Control-Allow-Origin"] = "*"
    return response


def stripe_js(request: HttpRequest) -> HttpResponse:
    """The stand-in for Stripe.js."""
    return asset(request, "stripe.js")


def payment_element(request: HttpRequest) -> HttpResponse:
    """The card form; its page talks to the merchant's only by messages."""
    return render(request, "payment_element.html")


def challenge(request: HttpRequest, intent: str) -> HttpResponse:
    """The bank's page of 3-D Secure: the cardholder completes or fails it."""
    request.get_host()
    sim = runtime()
    if request.method != "POST":
        return _show(request, sim.store.reading(), intent)
    with sim.store.writing() as unit:
        found = _intent(request, unit, intent)
        if found is None:
            return HttpResponseBadRequest("There is no such payment to authenticate.")
        if found["status"] == "requires_action":
            base_url = f"{request.scheme}://{request.get_host()}"
            call = Call(sim, unit, PLATFORM, sim.clock.now(), base_url=base_url)
            finish(call, found, passed=request.POST.get("outcome") == "complete")
        embedded = request.POST.get("embedded") == "1"
        return_url, outcome = found.get("_return_url"), _outcome(found)
    if return_url and not embedded:
        name = found["object"]
        query = {
            name: found["id"],
            f"{name}_client_secret": found["client_secret"],
            "redirect_status": outcome,
        }
        separator = "&" if "?" in return_url else "?"
        return HttpResponseRedirect(f"{return_url}{separator}{urlencode(query)}")
    return render(request, "challenge_done.html", {"outcome": outcome, "intent": found["id"]})


def _show(request: HttpRequest, unit: Unit, intent: str) -> HttpResponse:
    found = _intent(request, unit, intent)
    if found is None:
        return HttpResponseBadRequest("There is no such payment to authenticate.")
    if found["status"] != "requires_action":
        context = {"outcome": _outcome(found), "intent": found["id"]}
        return render(request, "challenge_done.html", context)
    context = {
        "intent": found,
        "amount": _amount(found),
        "embedded": request.GET.get("embedded") == "1",
    }
    return render(request, "challenge.html", context)


def finish(call: Call, intent: Obj, *, passed: bool) -> None:
    """End the challenge of a payment or setup intent and commit what follows."""
    if intent["object"] == "setup_intent":
        setting_up.authenticated(call, intent, passed=passed)
    elif passed:
        charging.authenticated(call, intent)
    else:
        charging.authentication_failed(call, intent)
    call.run_later()
    call.unit.commit()


def _intent(request: HttpRequest, unit: Unit, intent: str) -> Obj | None:
    secret = request.POST.get("client_secret") or request.GET.get("client_secret") or ""
    found = unit.get(PLATFORM, intent)
    if found is None or found["object"] not in ("payment_intent", "setup_intent"):
        return None
    return found if constant_time_compare(secret, found["client_secret"]) else None


def _outcome(intent: Obj) -> str:
    good = ("succeeded", "processing", "requires_capture")
    return "succeeded" if intent["status"] in good else "failed"


def _amount(intent: Obj) -> str:
    from ..fx import exponent

    if "amount" not in intent:
        return ""
    currency = str(intent["currency"])
    places = exponent(currency)
    return f"{int(str(intent['amount'])) / 10**places:,.{places}f} {currency.upper()}"


def receipt(request: HttpRequest, charge: str) -> HttpResponse:
    """A plain receipt, so that `receipt_url` leads somewhere."""
    request.get_host()
    found = runtime().store.reading().get(PLATFORM, charge)
    if found is None or found["object"] != "charge":
        return HttpResponse("No such charge.", status=404, content_type="text/plain")
    card = found["payment_method_details"]["card"]
    context = {"charge": found, "amount": _amount(found), "card": card}
    return render(request, "receipt.html", context)
