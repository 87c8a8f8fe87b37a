"""How an adapter's outcome is compared with what a case expects."""

from collections.abc import Iterator
from typing import Any

from apps.core.errors import DomainError, ValidationFailed
from tests.cases.registry import Facts

# A 422 with a list of problems has two names on the wire, and only this area tells them apart.
_AREA_OF_BODY_NAMES = "api_errors"
_BODY_NAMES = {"RequestValidationError", "PolarRequestValidationError"}

# Order is not pinned under these keys.
_UNORDERED = {"webhooks", "transactions", "emails", "customer_emails"}
_MISSING = object()


def outcome_of_error(error: DomainError) -> Facts:
    """What a case may expect of a refusal."""
    facts: Facts = {"error": error.code, "status_code": error.status}
    if isinstance(error, ValidationFailed):
        facts["loc"] = error.problems[0]["loc"]
    extra = getattr(error, "extra", None)
    return {**facts, **extra} if isinstance(extra, dict) else facts


def differences(area: str, expect: Facts, actual: Facts) -> list[str]:
    """One line for each key of `expect` that `actual` does not meet; keys beyond are free."""
    if area != _AREA_OF_BODY_NAMES and actual.get("error") in _BODY_NAMES:
        actual = {**actual, "error": "RequestValidationError"}
    return [line for key, value in expect.items() for line in _compare_key(key, value, actual)]


def _compare_key(key: str, expected: Any, actual: Facts) -> Iterator[str]:
    if key == "error":
        found = actual.get("error")
        if expected is True and found:
            return
        yield from _compare("error", expected, found)
    elif key == "webhooks_absent":
        for name in expected:
            if name in _webhooks(actual):
                yield f"webhooks: {name} must not be sent"
    elif key == "webhooks_include":
        for name in expected:
            if name not in _webhooks(actual):
                yield f"webhooks: {name} is not among {actual['webhooks']}"
    elif key in _UNORDERED and isinstance(expected, list):
        yield from _compare_as_sets(key, expected, actual.get(key, _MISSING))
    else:
        yield from _compare(key, expected, actual.get(key, _MISSING))


def _webhooks(actual: Facts) -> list[str]:
    if "webhooks" not in actual:
        raise AssertionError(f"the adapter reports no webhooks: {actual}")
    return list(actual["webhooks"])


def _compare(path: str, expected: Any, actual: Any) -> Iterator[str]:
    if actual is _MISSING:
        yield f"{path}: expected {expected!r}, the adapter reports nothing"
    elif isinstance(expected, dict) and isinstance(actual, dict):
        for key, value in expected.items():
            yield from _compare(f"{path}.{key}", value, actual.get(key, _MISSING))
    elif isinstance(expected, list) and isinstance(actual, list | tuple):
        if len(expected) != len(actual):
            yield f"{path}: expected {expected!r}, got {actual!r}"
            return
        for index, (left, right) in enumerate(zip(expected, actual, strict=True)):
            yield from _compare(f"{path}[{index}]", left, right)
    elif isinstance(expected, bool) != isinstance(actual, bool) or expected != actual:
        yield f"{path}: expected {expected!r}, got {actual!r}"


def _compare_as_sets(path: str, expected: list[Any], actual: Any) -> Iterator[str]:
    if not isinstance(actual, list | tuple) or len(actual) != len(expected):
        yield f"{path}: expected {expected!r} in any order, got {actual!r}"
        return
    left = list(actual)
    # The most precise expectation chooses first, so that a vague one cannot take its row.
    for item in sorted(expected, key=lambda row: -len(row) if isinstance(row, dict) else 0):
        match = next((row for row in left if not list(_compare(path, item, row))), _MISSING)
        if match is _MISSING:
            yield f"{path}: {item!r} is not among {actual!r}"
        else:
            left.remove(match)
