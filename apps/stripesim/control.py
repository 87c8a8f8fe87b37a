"""The control API under `/_sim`: clock, faults, deliveries, outcomes. JSON in, JSON out."""

import logging
from collections.abc import Callable
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from . import cards, settings
from .call import Call
from .control_accounts import list_accounts
from .errors import ApiError
from .ids import new_id
from .pages import views
from .resources import webhook_endpoints
from .runtime import DEFAULTS, PLATFORM, Runtime, runtime

Obj = dict[str, Any]
Action = Callable[..., Any]
logger = logging.getLogger("stripesim")


def control(**actions: Action) -> Callable[..., HttpResponse]:
    """A view from `method=action`; an action gets the runtime and the JSON body."""

    def view(request: HttpRequest, **values: str) -> HttpResponse:
        request.get_host()
        action = actions.get(request.method or "")
        if action is None:
            return _json(405, {"error": f"{request.method} is not possible here."})
        body: Obj = {}
        if request.method != "GET" and request.body:
            # only a script of the same origin can send JSON: no other site's form can
            if request.content_type != "application/json":
                return _json(415, {"error": "Send application/json."})
            try:
                body = orjson.loads(request.body)
            except orjson.JSONDecodeError:
                return _json(400, {"error": "The body is not JSON."})
        try:
            return _json(200, action(runtime(), body, **values))
        except ApiError as error:
            return _json(error.status, {"error": str(error)})
        except (KeyError, TypeError, ValueError) as error:
            return _json(400, {"error": f"{type(error).__name__}: {error}"})

    return view


def _json(status: int, body: Any) -> HttpResponse:
    return HttpResponse(orjson.dumps(body), status=status, content_type="application/json")


def health(sim: Runtime, body: Obj) -> Obj:
    """Whether the sandbox answers, and as whom."""
    return {"status": "ok", "api_version": settings.API_VERSION, "account": PLATFORM}


def clock(sim: Runtime, body: Obj) -> Obj:
    """The sandbox's time."""
    return {"now": sim.clock.now(), "frozen": sim.clock.frozen_at is not None}


def advance_clock(sim: Runtime, body: Obj) -> Obj:
    """`seconds`, `hours` or `days` forward; due transitions happen on the way."""
    seconds = (
        int(body.get("seconds", 0))
        + 3600 * int(body.get("hours", 0))
        + 86400 * int(body.get("days", 0))
    )
    if seconds < 0:
        raise ValueError("the clock advances; use set to move it back")
    ran = sim.scheduler.advance(sim.clock.now() + seconds)
    return {**clock(sim, {}), "transitions": ran}


def set_clock(sim: Runtime, body: Obj) -> Obj:
    """`now` in seconds since 1970 (or null for the machine's time), `frozen` to stop it."""
    if body.get("now") is None and "frozen" not in body:
        sim.clock.reset()
        sim.store.set_setting("clock", {"offset": 0, "frozen_at": None})
    else:
        now = body.get("now")
        sim.clock.set(sim.clock.now() if now is None else int(now), frozen=body.get("frozen"))
    return clock(sim, {})


def list_faults(sim: Runtime, body: Obj) -> Obj:
    """The rules in force."""
    return {"faults": sim.faults.list()}


def add_fault(sim: Runtime, body: Obj) -> Obj:
    """Add a rule, see `faults.Rule`."""
    rule = sim.faults.add(body)
    return {"id": rule.id}


def clear_faults(sim: Runtime, body: Obj, rule: str | None = None) -> Obj:
    """Drop one rule, or all."""
    sim.faults.clear(None if rule is None else int(rule))
    return list_faults(sim, {})


def requests(sim: Runtime, body: Obj) -> Obj:
    """The latest thousand requests that were to write something, oldest first."""
    return {"requests": list(sim.requests)}


def forget_requests(sim: Runtime, body: Obj) -> Obj:
    """Begin a new list of them."""
    sim.requests.clear()
    return requests(sim, {})


def deliveries(sim: Runtime, body: Obj) -> Obj:
    """The switches, the counts and the latest hundred deliveries."""
    rows = sim.store.reader().execute(
        "SELECT event, endpoint, state, attempts, status, note FROM deliveries"
        " ORDER BY seq DESC LIMIT 100"
    )
    names = ("event", "endpoint", "state", "attempts", "status", "note")
    return {**_switches(sim), "latest": [dict(zip(names, row, strict=True)) for row in rows]}


def _switches(sim: Runtime) -> Obj:
    queue = sim.deliveries
    return {
        "paused": queue.paused,
        "shuffled": queue.shuffled,
        "copies": queue.copies,
        "counts": queue.counts(),
    }


def steer_deliveries(sim: Runtime, body: Obj, verb: str) -> Obj:
    """
    pause, resume, hold (`seconds`), release, shuffle (`on`), duplicate (`copies`),
    flush (`timeout`), resend (`event`).
    """
    queue = sim.deliveries
    if verb == "pause":
        queue.paused = True
    elif verb == "resume":
        queue.paused = False
        queue.wake()
    elif verb == "hold":
        queue.hold(float(body["seconds"]))
    elif verb == "release":
        queue.release()
    elif verb == "shuffle":
        queue.shuffled = bool(body.get("on", True))
    elif verb == "duplicate":
        queue.copies = int(body.get("copies", 2))
    elif verb == "flush":
        queue.flush(timeout=float(body.get("timeout", 30)))
    elif verb == "resend":
        queue.resend(str(body["event"]))
    else:
        raise ValueError(f"deliveries cannot {verb}")
    return _switches(sim)


def reset(sim: Runtime, body: Obj) -> Obj:
    """Wipe everything."""
    sim.reset()
    return health(sim, {})


def bootstrap_endpoint(sim: Runtime, body: Obj) -> Obj:
    """An endpoint with a known secret. The same `url` and `connect` again replaces it."""
    with sim.store.writing() as unit:
        call = Call(sim, unit, PLATFORM, sim.clock.now())
        connect = bool(body.get("connect", False))
        for (raw,) in unit.select(
            "SELECT body FROM objects WHERE account = ? AND kind = 'webhook_endpoint'", PLATFORM
        ):
            old = unit.load(PLATFORM, raw)
            if old["url"] == body["url"] and old["_connect"] == connect and "deleted" not in old:
                old["deleted"] = True
                call.save(old)
        made = webhook_endpoints.add(
            call,
            {
                "url": str(body["url"]),
                "enabled_events": list(body.get("enabled_events", ["*"])),
                "connect": connect,
            },
            secret=str(body.get("secret") or "whsec_" + new_id("sim")),
        )
        unit.commit()
    return {"id": made["id"], "secret": made["secret"]}


def show_config(sim: Runtime, body: Obj) -> Obj:
    """The settings in force."""
    return sim.config


def configure(sim: Runtime, body: Obj) -> Obj:
    """Change settings; only known names of the right type."""
    for name, value in body.items():
        if name not in DEFAULTS:
            raise ValueError(f"there is no setting {name}")
        if type(value) is not type(DEFAULTS[name]):
            raise ValueError(f"{name} must be like {DEFAULTS[name]!r}")
    sim.configure(body)
    return sim.config


def answer_challenge(sim: Runtime, body: Obj, intent: str) -> Obj:
    """Do what the cardholder would: `outcome` complete or fail."""
    with sim.store.writing() as unit:
        call = Call(sim, unit, PLATFORM, sim.clock.now())
        found = unit.get(PLATFORM, intent)
        if found is None or found.get("status") != "requires_action":
            raise ValueError(f"{intent} waits for no authentication")
        if body["outcome"] not in ("complete", "fail"):
            raise ValueError("outcome is complete or fail")
        views.finish(call, found, passed=body["outcome"] == "complete")
        return {"id": intent, "status": found["status"]}


def decline_method(sim: Runtime, body: Obj, method: str) -> Obj:
    """Have the next `count` charges of an attached method declined for `reason`; 0 ends it."""
    reason, count = str(body["reason"]), int(body.get("count", 1))
    if reason not in cards.MESSAGES:
        raise ValueError(f"reason must be one of {', '.join(cards.MESSAGES)}")
    with sim.store.writing() as unit:
        call = Call(sim, unit, PLATFORM, sim.clock.now())
        found = call.find("payment_method", method)
        found["_declines"] = [reason] * count
        call.save(found)
        unit.commit()
        return {"id": method, "declines": len(found["_declines"])}


def status_page(request: HttpRequest) -> HttpResponse:
    """A page for people: what the sandbox holds and does."""
    request.get_host()
    sim = runtime()
    reader = sim.store.reader()
    kinds = reader.execute(
        "SELECT kind, COUNT(*) FROM objects GROUP BY kind ORDER BY kind"
    ).fetchall()
    latest = reader.execute(
        "SELECT id, tag, created FROM objects WHERE kind = 'event' ORDER BY seq DESC LIMIT 20"
    ).fetchall()
    context = {
        "clock": clock(sim, {}),
        "kinds": kinds,
        "events": [{"id": row[0], "type": row[1], "created": row[2]} for row in latest],
        "faults": sim.faults.list(),
        "deliveries": _switches(sim),
        "endpoints": [{**one, "of_accounts": one["_connect"]} for one in sim.deliveries.all()],
        "accounts": list_accounts(sim, {})["accounts"],
        "version": settings.API_VERSION,
    }
    return render(request, "status.html", context)
