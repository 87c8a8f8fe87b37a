"""Links that lead the holder of an account to its pages: each can be opened once, and soon."""

from typing import Any

from .. import onboarding
from ..call import Call
from ..errors import invalid
from ..ids import random_text
from ..params import Fields, Text
from ..routes import Resource
from ..runtime import PLATFORM
from ..templates import template

Obj = dict[str, Any]
resource = Resource()
VALID = 300  # seconds until an unopened link is worth nothing
KIND = "sandbox.link"  # never leaves the sandbox


def _link(call: Call, account: Obj, page: str, **values: Any) -> Obj:
    """A stored link; its id is the secret part of the address."""
    token = f"lnk_{random_text(40)}"
    link = {"id": token, "object": KIND, "created": call.now, "account": account["id"],
            "page": page, "used": False, **values}  # fmt: skip
    return call.unit.add(PLATFORM, link)


@resource.on(
    "POST",
    "/v1/account_links",
    {
        "account": Text(required=True),
        "collect": Text("currently_due", "eventually_due"),
        "collection_options": Fields({
            "fields": Text("currently_due", "eventually_due"),
            "future_requirements": Text("include", "omit"),
        }),
        "refresh_url": Text(),
        "return_url": Text(),
        "type": Text("account_onboarding", "account_update", required=True),
    },
)  # fmt: skip
def create(call: Call, params: Obj) -> Obj:
    """An address where the holder gives what is due."""
    account = onboarding.find(call, params["account"])
    for name in ("refresh_url", "return_url"):
        if not params.get(name, "").startswith(("http://", "https://")):
            raise invalid(f"Provide a valid {name}.", param=name, code="url_invalid")
    if account["_rejected"]:
        raise invalid("This account has been rejected; there is nothing to onboard.")
    if params["type"] == "account_update" and account["type"] != "custom":
        raise invalid(
            "You cannot create `account_update` type Account Links for this account. Use"
            " `account_onboarding`.",
            param="type",
        )
    urls = {name: params[name] for name in ("refresh_url", "return_url")}
    link = _link(call, account, "setup", **urls)
    return template(
        "account_link",
        created=call.now,
        expires_at=call.now + VALID,
        url=f"{call.base_url}/setup/e/{account['id']}/{link['id']}",
    )


@resource.on("POST", "/v1/accounts/<str:account>/login_links")
def create_login(call: Call, params: Obj, account: str) -> Obj:
    """An address where the holder of an Express account sees its money."""
    found = onboarding.find(call, account)
    if found["type"] != "express":
        raise invalid(f"Cannot create a login link for account {account}: it is not Express.")
    if not found["details_submitted"]:
        raise invalid(
            "Cannot create a login link for an account that has not completed onboarding."
        )
    link = _link(call, found, "express")
    url = f"{call.base_url}/express/{account}/{link['id']}"
    return template("login_link", created=call.now, url=url)
