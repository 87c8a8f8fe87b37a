"""The domains on which wallets may be shown."""

from typing import Any

from ..call import Call
from ..listing import page
from ..params import LISTING, Boolean, Text
from ..routes import Resource

Obj = dict[str, Any]
resource = Resource()


@resource.on(
    "POST",
    "/v1/payment_method_domains",
    {"domain_name": Text(required=True), "enabled": Boolean()},
)
def create(call: Call, params: Obj) -> Obj:
    """The same domain again gives the same object."""
    known = page(call, "payment_method_domain", {}, url="", where={"tag": params["domain_name"]})[
        "data"
    ]
    if known:
        domain: Obj = call.find("payment_method_domain", known[0]["id"])
        domain.update(params)
        return call.save(domain)
    return call.create("payment_method_domain", "pmd", **{"enabled": True, **params})


@resource.on(
    "GET",
    "/v1/payment_method_domains",
    {**LISTING, "domain_name": Text(), "enabled": Boolean()},
)
def index(call: Call, params: Obj) -> Obj:
    """A page, newest first."""
    where = {"tag": params.get("domain_name"), "$.enabled": params.get("enabled")}
    return page(
        call, "payment_method_domain", params, url="/v1/payment_method_domains", where=where
    )


@resource.on("GET", "/v1/payment_method_domains/<str:domain>")
def retrieve(call: Call, params: Obj, domain: str) -> Obj:
    """One by its id."""
    return call.find("payment_method_domain", domain, in_path=True)
