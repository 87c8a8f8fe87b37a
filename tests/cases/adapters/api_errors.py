"""Errors of the merchant API on the wire, and the pages of its lists."""

import json
import pkgutil
from importlib import import_module

from django.test import RequestFactory

import apps
from apps.api.pages import page_of
from apps.api.wire import error_response
from apps.core.errors import DomainError
from tests.cases.adapters.api_refusals import refuse
from tests.cases.registry import Facts, NotYet, adapter
from tests.cases.world import Answer, Merchant, make_customer, make_organization

AREA = "api_errors"


def _refusals() -> dict[str, type[DomainError]]:
    """Every refusal of every app by its name on the wire."""
    for found in pkgutil.iter_modules(apps.__path__, prefix="apps."):
        if found.name != "apps.stripesim" and _has_errors(found.name):
            import_module(f"{found.name}.errors")
    pending, known = [DomainError], {}
    while pending:
        kind = pending.pop()
        known[kind.__name__] = kind
        pending += kind.__subclasses__()
    return known


def _has_errors(package: str) -> bool:
    return any(
        found.name == "errors" for found in pkgutil.iter_modules(import_module(package).__path__)
    )


@adapter(AREA, db=True)
def request(given: Facts, when: Facts) -> Facts:
    words = when["request"]
    if words.isidentifier():
        return _on_the_wire(words)
    if words.startswith("POST with a body of "):
        return _too_large(int(words.split()[5]))
    refused = refuse(words)
    if refused is None:
        raise NotYet
    return refused


def _on_the_wire(name: str) -> Facts:
    kind = _refusals().get(name)
    if kind is None:
        raise NotYet
    response = error_response(kind())
    return Answer(response.status_code, json.loads(response.content)).refusal()


def _too_large(size: int) -> Facts:
    merchant = Merchant(make_organization())
    return merchant.send("POST", "customers/", b"x" * size).refusal()


@adapter(AREA, db=True)
def pagination(given: Facts, when: Facts) -> Facts:
    organization = make_organization()
    for _ in range(given.get("total") or 0):
        make_customer(organization)
    query = "&".join(
        f"{name}={when[name]}" for name in ("page", "limit") if when.get(name) is not None
    )
    answer = Merchant(organization).call("GET", f"customers/?{query}")
    if answer.status >= 400:
        return answer.refusal()
    page, limit = page_of(RequestFactory().get(f"/?{query}"))
    return {
        "page": page,
        "limit": limit,
        "status_code": answer.status,
        "max_page": answer.body["pagination"]["max_page"],
        "error": None,
    }
