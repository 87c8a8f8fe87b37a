"""`Authorization: Bearer polar_oat_…`, and staff who look on as a merchant."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from apps.core.clock import system_time
from apps.core.errors import NotPermitted, Unauthorized
from apps.core.origin import Actor, Door, build_origin
from apps.organizations.models import AccessToken, Impersonation, Organization
from apps.organizations.operations import note_impersonated, touch_access_token
from apps.organizations.scopes import readable_by
from apps.organizations.selectors import valid_access_token

SAFE = frozenset({"GET", "HEAD"})
# The attribute under which the backoffice hands an impersonation to a request that it makes within
# this process. No request from outside can carry one.
IMPERSONATION = "impersonation"


@dataclass(frozen=True, slots=True)
class ImpersonationCredential:
    """What stands in a token's place while staff look on: it reads as the member's role does."""

    pk: UUID
    label: str = field(repr=False)
    scopes: tuple[str, ...]

    @property
    def counted_as(self) -> UUID:
        """Under what its requests are counted, in place of the organization."""
        return self.pk

    def __str__(self) -> str:
        return self.label


Credential = AccessToken | ImpersonationCredential


class AccessTokenAuthentication(BaseAuthentication):
    """Makes `request.user` the organization and `request.auth` its token."""

    def authenticate(self, request: Request) -> tuple[Organization, Credential] | None:
        """
        The organization and its token, None without a credential.

        :raises Unauthorized: if the credential does not hold.
        :raises NotPermitted: for a write by staff who impersonate.
        """
        looking: Impersonation | None = getattr(request._request, IMPERSONATION, None)
        if looking is not None:
            _require_reading(request)
            credential = ImpersonationCredential(
                pk=looking.pk, label=str(looking), scopes=readable_by(looking.role)
            )
            return looking.organization, credential
        scheme, _, text = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if not scheme:
            return None
        if scheme.lower() != "bearer":
            raise Unauthorized()
        now = system_time()
        token = valid_access_token(text.strip(), at=now)
        if token is None:
            raise Unauthorized()
        if token.impersonation is not None:
            _require_reading(request)
            _note(token.impersonation, request)
        touch_access_token(token=token, at=now)
        return token.organization, token

    def authenticate_header(self, request: Request) -> str:
        """The challenge of a 401."""
        return 'Bearer realm="polar"'


def _require_reading(request: Request) -> None:
    if request.method not in SAFE:
        raise NotPermitted("Impersonation is read-only.")


def _note(impersonation: Impersonation, request: Request) -> None:
    origin = build_origin(
        actor=Actor.STAFF,
        actor_id=str(impersonation.staff_id),
        actor_label=impersonation.staff.email,
        door=Door.API,
        clock_offset=impersonation.organization.clock_offset,
    )
    path = request._request.get_full_path()
    note_impersonated(impersonation=impersonation, path=path, origin=origin)
