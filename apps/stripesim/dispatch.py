"""From an HTTP request to an operation and back: keys, faults, idempotency, commit, headers."""

import logging
import socket
import time
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse

from . import idempotency, keys, ledger, multipart, params, settings, wire
from .call import Call
from .errors import ApiError
from .faults import Rule
from .ids import new_id
from .listing import page
from .present import expand, public
from .resources import intents
from .routes import Operation
from .runtime import PLATFORM, Runtime, runtime
from .store import Unit

Obj = dict[str, Any]
logger = logging.getLogger("stripesim")
_in_flight = idempotency.InFlight()

CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Stripe-Version, "
    "Stripe-Account, Idempotency-Key",
    "Access-Control-Max-Age": "300",
}


def answer(
    request: HttpRequest, operations: dict[str, Operation], values: dict[str, str]
) -> HttpResponse:
    """The answer to one API request, whatever happens."""
    request_id = new_id("req")
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers=CORS)
    request.get_host()  # refuses a host that is not loopback
    sim = runtime()
    rule = sim.faults.take(request.method or "", request.path)
    try:
        if rule is not None and rule.kind == "drop_before":
            return drop(request)
        response = _answer(request, operations, values, sim, request_id, rule)
    except ApiError as error:
        response = _failure(error)
    except Exception:
        logger.exception("%s %s failed", request.method, request.path)
        response = _failure(ApiError(500, "api_error", "The sandbox failed; see its log."))
    if request.method != "GET":
        asked = {"method": request.method, "path": request.path, "status": response.status_code}
        sim.requests.append(asked)
    if rule is not None and rule.kind == "drop_after":
        return drop(request)
    headers = response.headers
    headers.setdefault("Request-Id", request_id)
    headers["Stripe-Version"] = settings.API_VERSION
    headers["Access-Control-Allow-Origin"] = "*"
    if account := request.META.get("HTTP_STRIPE_ACCOUNT"):
        headers["Stripe-Account"] = account
    return response


def drop(request: HttpRequest) -> HttpResponse:
    """Close the connection without a byte of answer."""
    connection = request.META.get("gunicorn.socket")
    if connection is not None:
        connection.shutdown(socket.SHUT_RDWR)
    return HttpResponse(status=500)


def _answer(
    request: HttpRequest,
    operations: dict[str, Operation],
    values: dict[str, str],
    sim: Runtime,
    request_id: str,
    rule: Rule | None,
) -> HttpResponse:
    method = request.method or ""
    if multipart.is_multipart(request):
        raw, encoded = multipart.read(request)
    else:
        query = request.META.get("QUERY_STRING", "")
        encoded = request.body.decode() if method == "POST" else query
        raw = wire.parse(encoded)
    api_key = keys.api_key(request, raw)
    operation = operations.get(method)
    if operation is None:
        raise _unknown_url(request)
    publishable = api_key.startswith("pk_test_")
    if publishable and not operation.browser:
        raise ApiError(
            401,
            "invalid_request_error",
            "This call needs a secret key; a publishable key may only make the browser's calls.",
            code="secret_key_required",
            stored=False,
        )
    call = Call(
        sim,
        sim.store.reading(),
        keys.account(request, sim),
        sim.clock.now(),
        request_id,
        base_url=f"{request.scheme}://{request.get_host()}",
        publishable=publishable,
    )
    if method == "GET":
        _delay(rule)
        _inject(rule)
        typed = params.read_fields(operation.params, raw)
        paths = typed.pop("expand", ())
        return _json(200, render(call, operation.handler(call, typed, **values), paths))
    return _write(request, operation, values, call, raw, encoded, rule)


def _write(
    request: HttpRequest,
    operation: Operation,
    values: dict[str, str],
    call: Call,
    raw: wire.Raw,
    encoded: str,
    rule: Rule | None,
) -> HttpResponse:
    """Run a writing operation once per idempotency key."""
    key = request.headers.get("Idempotency-Key") if request.method == "POST" else None
    if not key:
        _delay(rule)
        with call.runtime.store.writing() as unit:
            return _json(*_run(operation, values, call, unit, raw, rule)[:2])
    idempotency.check_length(key)
    call.idempotency_key = key
    print_ = idempotency.fingerprint(request.method or "", request.path, encoded)
    _in_flight.enter(call.account, key)
    try:
        _delay(rule)  # the key is taken, the database is not
        with call.runtime.store.writing() as unit:
            stored = idempotency.recall(unit, call.account, key, print_, call.now)
            if stored is not None:
                response = _json(stored.status, stored.body)
                response["Idempotent-Replayed"] = "true"
                response["Original-Request"] = stored.request_id
                response["Idempotency-Key"] = key
                return response
            status, body, error = _run(operation, values, call, unit, raw, rule, key, print_)
    finally:
        _in_flight.leave(call.account, key)
    response = _json(status, body, error)
    response["Idempotency-Key"] = key
    return response


def _run(
    operation: Operation,
    values: dict[str, str],
    call: Call,
    unit: Unit,
    raw: wire.Raw,
    rule: Rule | None,
    key: str | None = None,
    print_: bytes = b"",
) -> tuple[int, bytes, ApiError | None]:
    """Run the operation and commit; its writes, events and kept answer share one transaction."""
    call.unit = unit
    failure: ApiError | None = None
    try:
        _inject(rule)
        typed = params.read_fields(operation.params, raw)
        paths = typed.pop("expand", ())
        status, body = 200, render(call, operation.handler(call, typed, **values), paths)
        call.run_later()
    except ApiError as error:
        failure = error
        if call.publishable:
            error.error = _for_browser(error.error)
        status, body = error.status, orjson.dumps({"error": error.error})
        if error.commit:
            call.run_later()
        else:
            unit.rollback()
    if key is not None and (failure is None or failure.stored):
        answer_ = idempotency.Stored(status, body, call.request_id or "")
        idempotency.remember(unit, call.account, key, print_, call.now, answer_)
    unit.commit()
    return status, body, failure


def _for_browser(error: Obj) -> Obj:
    """An error without what only the merchant may know of the intent."""
    return {
        key: intents.for_browser(value) if key in intents.NAMES else value
        for key, value in error.items()
    }


def render(call: Call, obj: Obj, paths: list[str] | tuple[str, ...]) -> bytes:
    """The answer's bytes as the object is at this moment."""
    body = public(obj)
    if paths:

        def fetch(object_id: str) -> Obj | None:
            found = call.get(object_id) or _elsewhere(call, object_id)
            if found is None:
                return None
            if found["object"] == "balance_transaction":
                found = ledger.as_of(call, found)
            return public(found)

        def fetch_list(owner: Obj, kind: str) -> Obj:
            column = "customer" if kind == "tax_id" else "parent"
            url = f"/v1/{owner['object']}s/{owner['id']}/{kind}s"
            if kind == "refund":
                url = f"/v1/charges/{owner['id']}/refunds"
            return page(call, kind, {}, url=url, where={column: owner["id"]})

        body = expand(body, paths, fetch, fetch_list)
    return orjson.dumps(body)


def _elsewhere(call: Call, object_id: str) -> Obj | None:
    """The other side of a transfer: what the platform sent, or what the account made of it."""
    if call.account == PLATFORM:
        return call.unit.get_connected(object_id)
    visible = object_id.startswith(("tr_", "trr_", "acct_"))
    return call.of(PLATFORM).get(object_id) if visible else None


def _delay(rule: Rule | None) -> None:
    if rule is not None and rule.kind == "delay":
        time.sleep(rule.seconds)


def _inject(rule: Rule | None) -> None:
    if rule is None or rule.kind in ("delay", "drop_before", "drop_after"):
        return
    if rule.kind == "429":
        raise ApiError(
            429,
            "invalid_request_error",
            "Too many requests; slow down.",
            code="rate_limit",
            stored=False,
            headers={"Stripe-Rate-Limited-Reason": "global-rate"},
        )
    message = "An error was injected by a rule of the sandbox."
    raise ApiError(int(rule.kind), "api_error", message, stored=rule.sticky)


def _unknown_url(request: HttpRequest) -> ApiError:
    return ApiError(
        404,
        "invalid_request_error",
        f"Unrecognized request URL ({request.method}: {request.path}).",
        stored=False,
    )


def unrecognized(request: HttpRequest, **_: Any) -> HttpResponse:
    """Any path that is no operation."""
    return _failure(_unknown_url(request))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's own answer to an unknown path."""
    return unrecognized(request)


def _failure(error: ApiError) -> HttpResponse:
    return _json(error.status, orjson.dumps({"error": error.error}), error)


def _json(status: int, body: bytes, error: ApiError | None = None) -> HttpResponse:
    response = HttpResponse(body, content_type="application/json", status=status)
    if error is not None:
        for name, value in error.headers.items():
            response[name] = value
    return response
