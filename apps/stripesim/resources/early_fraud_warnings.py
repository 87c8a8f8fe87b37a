"""Early fraud warnings: a card's bank suspects a charge that nobody has disputed yet."""

from typing import Any

from ..call import Call
from ..listing import page
from ..params import LISTING, Created, Text
from ..routes import Resource
from ..scheduler import job

Obj = dict[str, Any]
resource = Resource()
KIND = "radar.early_fraud_warning"


@job
def warn_of_fraud(call: Call, subject: str) -> None:
    """The bank's warning about a charge arrives."""
    warn(call, call.find("charge", subject), "made_with_stolen_card")


def warn(call: Call, charge: Obj, fraud_type: str) -> Obj:
    """A warning about a charge; there is nothing to do any more when it went back already."""
    actionable = not (charge["refunded"] or charge["disputed"])
    values = {"charge": charge["id"], "payment_intent": charge["payment_intent"]}
    warning = call.create(KIND, "issfr", actionable=actionable, fraud_type=fraud_type, **values)
    call.emit(f"{KIND}.created", warning)
    return warning


def dismiss(call: Call, charge: str) -> None:
    """The charge was refunded or disputed: there is nothing left to do about its warnings."""
    rows = call.unit.select(
        "SELECT body FROM objects WHERE account = ? AND kind = ? AND parent = ?",
        call.account,
        KIND,
        charge,
    )
    for (body,) in rows:
        warning = call.unit.load(call.account, body)
        if warning["actionable"]:
            warning["actionable"] = False
            call.save(warning)
            call.emit(f"{KIND}.updated", warning, {"actionable": True})


@resource.on(
    "GET",
    "/v1/radar/early_fraud_warnings",
    {**LISTING, "charge": Text(), "payment_intent": Text(), "created": Created()},
)
def index(call: Call, params: Obj) -> Obj:
    """A page, newest first."""
    where = {"parent": params.get("charge"), "tag": params.get("payment_intent")}
    return page(call, KIND, params, url="/v1/radar/early_fraud_warnings", where=where)


@resource.on("GET", "/v1/radar/early_fraud_warnings/<str:warning>")
def retrieve(call: Call, params: Obj, warning: str) -> Obj:
    """One by its id."""
    return call.find(KIND, warning, in_path=True)
