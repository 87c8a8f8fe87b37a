"""Disputes as the merchant handles them: evidence is gathered, submitted, or forgone."""

from typing import Any

from ..call import Call
from ..disputing import OPEN, close, is_inquiry
from ..errors import invalid, missing
from ..listing import page
from ..metadata import merge
from ..params import LISTING, Boolean, Created, Fields, Metadata, Text
from ..routes import Resource
from ..templates import template

Obj = dict[str, Any]
resource = Resource()
MAX_TEXT, MAX_BYTES = 150_000, 4_500_000  # of all evidence of a dispute together
FILES = ("cancellation_policy", "customer_communication", "customer_signature",
         "duplicate_charge_documentation", "receipt", "refund_policy", "service_documentation",
         "shipping_documentation", "uncategorized_file")  # fmt: skip

# What a test writes as `evidence[uncategorized_text]`, and how the dispute then ends.
_VERDICTS = {
    "winning_evidence": "decide_for_merchant",
    "losing_evidence": "decide_for_cardholder",
    "escalate_inquiry_evidence": "escalate_inquiry",
}
_EVIDENCE = Fields(
    {
        name: Text(max_length=MAX_TEXT, unset=True)
        for name in template("dispute")["evidence"]
        if name != "enhanced_evidence"
    }
)


def _check(call: Call, evidence: Obj) -> None:
    """Refuse evidence that is too much, or that names files which are none."""
    size = 0
    for name in FILES:
        if evidence[name] is None:
            continue
        file = call.get(evidence[name])
        if file is None or file["object"] != "file":
            raise missing("file upload", evidence[name], param=f"evidence[{name}]")
        if file["purpose"] != "dispute_evidence":
            raise invalid("The file was not uploaded as dispute_evidence.", param="evidence")
        size += file["size"]
    texts = [value for name, value in evidence.items() if isinstance(value, str)]
    if size > MAX_BYTES or sum(map(len, texts)) > MAX_TEXT:
        raise invalid(
            f"Evidence can have up to {MAX_TEXT} characters, and files up to {MAX_BYTES} bytes, in"
            " all.",
            param="evidence",
        )


@resource.on(
    "GET",
    "/v1/disputes",
    {**LISTING, "charge": Text(), "payment_intent": Text(), "created": Created()},
)
def index(call: Call, params: Obj) -> Obj:
    """A page, newest first."""
    where = {"parent": params.get("charge"), "tag": params.get("payment_intent")}
    return page(call, "dispute", params, url="/v1/disputes", where=where)


@resource.on("GET", "/v1/disputes/<str:dispute>")
def retrieve(call: Call, params: Obj, dispute: str) -> Obj:
    """One by its id."""
    return call.find("dispute", dispute, in_path=True, param="dispute")


@resource.on(
    "POST",
    "/v1/disputes/<str:dispute>",
    {"evidence": _EVIDENCE, "metadata": Metadata(), "submit": Boolean()},
)
def update(call: Call, params: Obj, dispute: str) -> Obj:
    """Add evidence. With `submit` (the default when there is evidence) the bank reviews it."""
    found = call.find("dispute", dispute, in_path=True, param="dispute")
    before = {"status": found["status"], "evidence": found["evidence"]}
    merge(found, params)
    evidence = params.get("evidence")
    if evidence and found["status"] not in OPEN:
        raise invalid(f"This dispute is {found['status']}; evidence can no longer be given.")
    if evidence:
        found["evidence"] = {**found["evidence"], **evidence}
        _check(call, found["evidence"])
        found["evidence_details"]["has_evidence"] = True
    if found["status"] in OPEN and params.get("submit", bool(evidence)):
        found["evidence_details"]["submission_count"] += 1
        found["status"] = "warning_under_review" if is_inquiry(found) else "under_review"
        verdict = _VERDICTS.get(found["evidence"]["uncategorized_text"] or "")
        if verdict:
            call.schedule(call.runtime.config["dispute_delay"], verdict, dispute)
    call.save(found)
    call.emit("charge.dispute.updated", found, before)
    return found


@resource.on("POST", "/v1/disputes/<str:dispute>/close")
def accept(call: Call, params: Obj, dispute: str) -> Obj:
    """Accept the dispute: it is lost."""
    found = call.find("dispute", dispute, in_path=True, param="dispute")
    if found["status"] not in OPEN:
        raise invalid(f"This dispute is {found['status']} and cannot be closed.")
    close(call, found, "warning_closed" if is_inquiry(found) else "lost")
    return found
