"""Limits of metadata, and filtering by it."""

from typing import Any

from apps.core import metadata
from apps.core.errors import SchemaInvalid
from apps.subscriptions.operations import update_subscription_metadata
from tests.cases.registry import Facts, adapter
from tests.cases.subscribing import make_row, origin_at

AREA = "metadata_limits"


@adapter(AREA)
def validate(given: Facts, when: Facts) -> Facts:
    try:
        metadata.validate_metadata(_spelled_out(when["metadata"]))
    except SchemaInvalid:
        return {"valid": False}
    return {"valid": True}


def _spelled_out(row: dict[str, Any]) -> dict[str, Any]:
    """The map that a case describes by number and length of its keys."""
    length = row.get("key_length", 1)
    value = "v" * row["value_length"] if "value_length" in row else row.get("value")
    keys = [str(number).rjust(length, "k")[:length] for number in range(row["keys"])]
    return dict.fromkeys(keys, value)


@adapter(AREA, op="filter")
def filter_(given: Facts, when: Facts) -> Facts:
    query = [(key, text) for key, text in when["query"]]
    rows = given["rows"]
    return {"matched": [i for i, row in enumerate(rows) if metadata.matches(row, query)]}


@adapter(AREA, db=True)
def update_subscription(given: Facts, when: Facts) -> Facts:
    subscription = make_row({"metadata": given["metadata"]})
    changed = update_subscription_metadata(
        subscription_id=subscription.pk,
        metadata=when["changes"]["metadata"],
        origin=origin_at(),
    )
    return {"metadata": changed.metadata}
