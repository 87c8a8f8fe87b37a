"""From stored objects to what a caller sees: hidden keys dropped, ids expanded on request."""

from collections.abc import Callable, Iterable
from typing import Any

from .errors import malformed

Obj = dict[str, Any]

# What expand[] may name, by object.
EXPANDABLE: dict[str, frozenset[str]] = {
    "customer": frozenset({"default_source", "test_clock"}),
    "payment_method": frozenset({"customer"}),
    "payment_intent": frozenset(
        {"application", "customer", "latest_charge", "on_behalf_of", "payment_method", "review"}
    ),
    "setup_intent": frozenset(
        {
            "application",
            "customer",
            "latest_attempt",
            "mandate",
            "on_behalf_of",
            "payment_method",
            "single_use_mandate",
        }
    ),
    "setup_attempt": frozenset({"application", "customer", "payment_method", "setup_intent"}),
    "charge": frozenset(
        {
            "application",
            "application_fee",
            "balance_transaction",
            "customer",
            "failure_balance_transaction",
            "on_behalf_of",
            "payment_intent",
            "review",
            "source_transfer",
            "transfer",
        }
    ),
    "refund": frozenset(
        {
            "balance_transaction",
            "charge",
            "failure_balance_transaction",
            "payment_intent",
            "source_transfer_reversal",
            "transfer_reversal",
        }
    ),
    "dispute": frozenset({"charge", "payment_intent"}),
    "radar.early_fraud_warning": frozenset({"charge", "payment_intent"}),
    "balance_transaction": frozenset({"source"}),
    "transfer": frozenset(
        {"balance_transaction", "destination", "destination_payment", "source_transaction"}
    ),
    "transfer_reversal": frozenset(
        {"balance_transaction", "destination_payment_refund", "source_refund", "transfer"}
    ),
    "payout": frozenset(
        {
            "balance_transaction",
            "destination",
            "failure_balance_transaction",
            "original_payout",
            "reversed_by",
        }
    ),
    "bank_account": frozenset({"account"}),
    "file_link": frozenset({"file"}),
    "tax_id": frozenset({"customer"}),
    "customer_session": frozenset({"customer"}),
}
# Objects inside an object that hold expandable ids of their own.
_INSIDE = {
    ("customer", "invoice_settings"): frozenset({"default_payment_method"}),
    ("dispute", "evidence"): frozenset(
        {
            "cancellation_policy",
            "customer_communication",
            "customer_signature",
            "duplicate_charge_documentation",
            "receipt",
            "refund_policy",
            "service_documentation",
            "shipping_documentation",
            "uncategorized_file",
        }
    ),
}
# Lists that are left out of an object unless asked for.
INCLUDABLE: dict[tuple[str, str], str] = {
    ("customer", "tax_ids"): "tax_id",
    ("charge", "refunds"): "refund",
}
MAX_DEPTH = 4

Fetch = Callable[[str], Obj | None]
FetchList = Callable[[Obj, str], Obj]


def public(obj: Obj) -> Obj:
    """The object without the keys that only the sandbox knows."""
    if obj.get("deleted"):
        return {"id": obj["id"], "object": obj["object"], "deleted": True}
    return {key: value for key, value in obj.items() if key[0] != "_"}


def expand(body: Obj, paths: Iterable[str], fetch: Fetch, fetch_list: FetchList) -> Obj:
    """`body` with each dotted path replaced by the object it names."""
    for path in paths:
        parts = path.split(".")
        if len(parts) - (parts[0] == "data") > MAX_DEPTH:
            raise malformed(
                f"You cannot expand more than {MAX_DEPTH} levels of a property ({path}).",
                param="expand",
            )
        body = _expand(body, parts, path, fetch, fetch_list)
    return body


def _expand(node: Obj, parts: list[str], path: str, fetch: Fetch, fetch_list: FetchList) -> Obj:
    if not parts:
        return node
    head, rest = parts[0], parts[1:]
    kind = node.get("object", "")
    if kind == "list":
        if head != "data":
            raise _not_expandable(path)
        items = [_expand(item, rest, path, fetch, fetch_list) for item in node["data"]]
        return {**node, "data": items}
    if (kind, head) in INCLUDABLE:
        found = node.get(head) or fetch_list(node, INCLUDABLE[kind, head])
        return {**node, head: _expand(found, rest, path, fetch, fetch_list)}
    if inside := _INSIDE.get((kind, head)):
        if not rest or rest[0] not in inside:
            raise _not_expandable(path)
        holder = node[head]
        value = _resolve(holder.get(rest[0]), rest[1:], path, fetch, fetch_list)
        return {**node, head: {**holder, rest[0]: value}}
    if head not in EXPANDABLE.get(kind, ()):
        raise _not_expandable(path)
    return {**node, head: _resolve(node.get(head), rest, path, fetch, fetch_list)}


def _resolve(value: Any, rest: list[str], path: str, fetch: Fetch, fetch_list: FetchList) -> Any:
    if value is None:
        return None
    target = value if isinstance(value, dict) else fetch(value)
    return value if target is None else _expand(target, rest, path, fetch, fetch_list)


def _not_expandable(path: str) -> Exception:
    return malformed(
        f"This property cannot be expanded ({path}).", param="expand", code="parameter_invalid"
    )
