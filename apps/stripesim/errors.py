"""Errors with the body and status that Stripe answers."""

from typing import Any

DOC_URL = "https://docs.stripe.com/error-codes#"


class ApiError(Exception):
    """An answer other than 200.

    `stored` tells whether an idempotency key remembers it; `commit` whether what the request wrote
    stays (a decline keeps its failed charge, an invalid request keeps nothing).
    """

    def __init__(
        self,
        status: int,
        type_: str,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        stored: bool = True,
        commit: bool = False,
        headers: dict[str, str] | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.stored = stored
        self.commit = commit
        self.headers = headers or {}
        self.error: dict[str, Any] = {"type": type_, "message": message}
        if code:
            self.error |= {"code": code, "doc_url": DOC_URL + code.replace("_", "-")}
        if param:
            self.error["param"] = param
        self.error |= {key: value for key, value in extra.items() if value is not None}


def invalid(
    message: str, *, param: str | None = None, code: str | None = None, **extra: Any
) -> ApiError:
    """400: the request was understood and cannot be done."""
    return ApiError(400, "invalid_request_error", message, code=code, param=param, **extra)


def malformed(message: str, *, param: str | None = None, code: str | None = None) -> ApiError:
    """400 from the check of parameters; an idempotency key does not remember it."""
    return ApiError(400, "invalid_request_error", message, code=code, param=param, stored=False)


def missing(kind: str, object_id: str, *, param: str = "id", in_path: bool = False) -> ApiError:
    """The id names nothing: 404 when it stood in the path, 400 when in a parameter."""
    return ApiError(
        404 if in_path else 400,
        "invalid_request_error",
        f"No such {kind}: '{object_id}'",
        code="resource_missing",
        param=param,
    )


def card_error(message: str, code: str, **extra: Any) -> ApiError:
    """402: the card, not the request, is at fault. What the attempt wrote is kept."""
    return ApiError(402, "card_error", message, code=code, commit=True, **extra)
