"""Metadata: updates merge, an empty value deletes its key, an empty whole deletes all."""

from typing import Any

from .errors import invalid

MAX_KEYS = 50
Obj = dict[str, Any]


def merge(obj: Obj, params: dict[str, Any]) -> None:
    """Take `metadata` out of `params` and apply it to the object."""
    if "metadata" not in params:
        return
    sent = params.pop("metadata")
    if sent is None:
        obj["metadata"] = {}
        return
    merged = {**obj["metadata"], **sent}
    merged = {key: value for key, value in merged.items() if value != ""}
    if len(merged) > MAX_KEYS:
        raise invalid(f"Metadata can have up to {MAX_KEYS} keys.", param="metadata")
    obj["metadata"] = merged


def changed(before: Obj, after: Obj) -> Obj:
    """The previous values of what differs, as events report them."""
    return {key: before.get(key) for key in after if before.get(key) != after[key]}
