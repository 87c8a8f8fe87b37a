"""Webhook endpoints: where events go. The secret is shown once, in the answer to the creation."""

import secrets
from typing import Any

from ..call import Call
from ..listing import page
from ..metadata import merge
from ..params import LISTING, Boolean, Items, Metadata, Text
from ..routes import Resource

Obj = dict[str, Any]
resource = Resource()

_FIELDS = {
    "description": Text(unset=True),
    "enabled_events": Items(Text()),
    "metadata": Metadata(),
    "url": Text(),
}


@resource.on(
    "POST",
    "/v1/webhook_endpoints",
    {
        **_FIELDS,
        "api_version": Text(),
        "connect": Boolean(),
        "enabled_events": Items(Text(), required=True),
        "url": Text(required=True),
    },
)
def create(call: Call, params: Obj) -> Obj:
    """Make one."""
    return add(call, params, secret="whsec_" + secrets.token_hex(16))


def add(call: Call, params: Obj, *, secret: str) -> Obj:
    """A new endpoint that signs with `secret`; the returned object shows it."""
    connect = params.pop("connect", False)
    endpoint = call.create("webhook_endpoint", "we", metadata={}, status="enabled")
    merge(endpoint, params)
    endpoint.update(params, _secret=secret, _connect=connect)
    call.unit.on_commit.append(call.runtime.deliveries.forget)
    return {**endpoint, "secret": secret}


@resource.on("GET", "/v1/webhook_endpoints", LISTING)
def index(call: Call, params: Obj) -> Obj:
    """A page, newest first."""
    alive = "json_extract(body, '$.deleted') IS NULL"
    return page(call, "webhook_endpoint", params, url="/v1/webhook_endpoints", sql=alive)


@resource.on("GET", "/v1/webhook_endpoints/<str:webhook_endpoint>")
def retrieve(call: Call, params: Obj, webhook_endpoint: str) -> Obj:
    """One by its id."""
    return call.find("webhook_endpoint", webhook_endpoint, in_path=True, param="webhook_endpoint")


@resource.on(
    "POST",
    "/v1/webhook_endpoints/<str:webhook_endpoint>",
    {**_FIELDS, "disabled": Boolean()},
)
def update(call: Call, params: Obj, webhook_endpoint: str) -> Obj:
    """Change what was sent; the rest stays."""
    found = retrieve(call, {}, webhook_endpoint)
    merge(found, params)
    if "disabled" in params:
        found["status"] = "disabled" if params.pop("disabled") else "enabled"
    found.update(params)
    call.unit.on_commit.append(call.runtime.deliveries.forget)
    return call.save(found)


@resource.on("DELETE", "/v1/webhook_endpoints/<str:webhook_endpoint>")
def delete(call: Call, params: Obj, webhook_endpoint: str) -> Obj:
    """Delete; only its id remains."""
    found = retrieve(call, {}, webhook_endpoint)
    found["deleted"] = True
    call.unit.on_commit.append(call.runtime.deliveries.forget)
    return call.save(found)
