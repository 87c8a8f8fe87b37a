"""`Authorization: Bearer polar_oat_…`."""

from __future__ import annotations

from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from apps.core.clock import system_time
from apps.core.errors import Unauthorized
from apps.organizations.models import AccessToken, Organization
from apps.organizations.operations import touch_access_token
from apps.organizations.selectors import valid_access_token


class AccessTokenAuthentication(BaseAuthentication):
    """Makes `request.user` the organization and `request.auth` its token."""

    def authenticate(self, request: Request) -> tuple[Organization, AccessToken] | None:
        """
        The organization and its token, None without a credential.

        :raises Unauthorized: if the credential does not hold.
        """
        scheme, _, text = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if not scheme:
            return None
        if scheme.lower() != "bearer":
            raise Unauthorized()
        now = system_time()
        token = valid_access_token(text.strip(), at=now)
        if token is None:
            raise Unauthorized()
        touch_access_token(token=token, at=now)
        return token.organization, token

    def authenticate_header(self, request: Request) -> str:
        """The challenge of a 401."""
        return 'Bearer realm="polar"'
