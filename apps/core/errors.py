"""Errors of the domain: each knows its HTTP status and the name the merchant API gives it."""

from __future__ import annotations

from typing import Any, ClassVar, Self, TypedDict


class DomainError(Exception):
    """
    A refusal. Nothing was changed.

    The class name is the error's code on the wire; `status` its HTTP status.
    """

    status: ClassVar[int] = 400
    message: ClassVar[str] = "The request was refused."

    def __init__(self, detail: str | None = None) -> None:
        self.detail = detail or self.message
        super().__init__(self.detail)

    @property
    def code(self) -> str:
        """The name of the error on the wire."""
        return type(self).__name__


class Unauthorized(DomainError):
    """No credential, or one that does not hold."""

    status = 401
    message = "Unauthorized"


class NotPermitted(DomainError):
    """The credential is good but does not reach this."""

    status = 403
    message = "Not permitted"


class ResourceNotFound(DomainError):
    """No such object, or another organization's: the caller cannot tell which."""

    status = 404
    message = "Not found"


class ResourceAlreadyExists(DomainError):
    """Something with this identity is there already."""

    status = 409
    message = "Already exists"


class ResourceUnavailable(DomainError):
    """It existed and is gone."""

    status = 410
    message = "No longer available"


class InvalidTransition(DomainError):
    """The state machine has no such move."""

    status = 409
    message = "This change of status is not possible."


class Unavailable(DomainError):
    """Something we lean on does not answer; the same request may pass in a moment."""

    status = 503
    message = "A service is not available for the moment. Please try again."


class Problem(TypedDict):
    """One problem of an input, in the API's own shape."""

    loc: list[str | int]
    msg: str
    type: str
    input: Any


class ValidationFailed(DomainError):
    """One or more inputs are wrong; `problems` names each."""

    status = 422
    wire_code: ClassVar[str] = "PolarRequestValidationError"

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("; ".join(problem["msg"] for problem in problems))

    @property
    def code(self) -> str:
        """The name of the error on the wire."""
        return self.wire_code

    @classmethod
    def at(cls, *loc: str | int, msg: str, value: Any = None, kind: str = "value_error") -> Self:
        """The error for a single problem at `loc` (as in `("body", "email")`)."""
        return cls([{"loc": list(loc), "msg": msg, "type": kind, "input": value}])


class SchemaInvalid(ValidationFailed):
    """The body does not fit the schema (as opposed to a rule checked afterwards)."""

    wire_code = "RequestValidationError"
