"""Scopes: what a token may do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from apps.core.errors import NotPermitted, Unauthorized

if TYPE_CHECKING:
    from rest_framework.views import APIView


class HasScope(BasePermission):
    """Passes a token that holds any one of the scopes the view lists for the method."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """
        True, or an error that the exception handler answers.

        :raises Unauthorized: without a token.
        :raises NotPermitted: if the token holds none of the scopes.
        """
        if getattr(view, "is_public", False):
            return True
        token: Any = request.auth
        if token is None:
            raise Unauthorized()
        method = "GET" if request.method == "HEAD" else request.method
        wanted: tuple[str, ...] = scopes_of(view).get(method or "", ())
        if not set(wanted) & set(token.scopes):
            raise NotPermitted(f"This needs one of the scopes: {' '.join(wanted)}.")
        return True


def scopes_of(view: Any) -> dict[str, tuple[str, ...]]:
    """The scopes a view asks for, by method."""
    return getattr(view, "scopes", {})
