"""A customer's new address over their own API: asked for, looked at, confirmed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar, Final, TypedDict

from django.conf import settings
from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from apps.api.inputs import EmailField, TextField
from apps.api.limits import client_address, require_within
from apps.api.schema import Text, documented
from apps.api.views import ApiView
from apps.api.wire import json_response
from apps.core.clock import system_time
from apps.core.errors import SchemaInvalid, Unauthorized
from apps.core.origin import Actor, Door, build_origin
from apps.customers.api.portal import WRITE, PortalView
from apps.customers.api.session_views import LIFETIME as SESSION_LIFETIME
from apps.customers.operations.email_changes import request_email_change, verify_email_change
from apps.customers.selectors import open_email_change

LIFETIME: Final = timedelta(minutes=30)
# How long there is silence after too many.
BLOCK_SECONDS: Final = 900


class EmailUpdateInput(serializers.Serializer[Any]):
    """The new address."""

    email = EmailField()


class EmailVerifyInput(serializers.Serializer[Any]):
    """The token of the mail."""

    token = TextField(max_length=200)


class VerifiedEmailBody(TypedDict):
    """The token of a new session."""

    token: str


class PortalEmailRequestView(PortalView):
    """Another address."""

    scopes = {"POST": WRITE}

    @documented(
        "Request an email change",
        operation_id="customer_portal:customers:request_email_update",
        body=EmailUpdateInput,
        status=202,
        errors=(403,),
    )
    def post(self, request: Request) -> Any:
        """Accepted, whoever has the address: a mail goes there."""
        self.require_payer()
        email = self.read(EmailUpdateInput)["email"]
        _count("email_change", str(self.customer.pk))
        request_email_change(
            customer_id=self.customer.pk,
            email=email,
            expires_at=system_time() + LIFETIME,
            origin=self.origin(),
        )
        return json_response(None, 202)


class _ByToken(ApiView):
    """What the token of a mail is enough for. Tries are counted by address."""

    is_public = True
    # Refusals that clients know by their status alone; their body is null.
    wordless: ClassVar[tuple[int, ...]] = (401,)

    def count_request(self) -> None:
        """Count the request against the limit of guesses."""
        _count("email_token", client_address(self.request._request))

    def handle_exception(self, exc: Exception) -> Any:
        """The answer to a refusal."""
        answer: Any = super().handle_exception(exc)
        if answer.status_code in self.wordless:
            return json_response(None, answer.status_code)
        return answer


class PortalEmailCheckView(_ByToken):
    """Whether a token holds."""

    @documented(
        "Check an email change token",
        operation_id="customer_portal:customers:check_email_update",
        status=204,
        query=(Text("token", is_required=True),),
    )
    def get(self, request: Request) -> HttpResponse:
        """Nothing, if it does."""
        token = self.query.text("token")
        if token is None:
            raise SchemaInvalid.at("query", "token", msg="Field required", kind="missing")
        if open_email_change(token, at=system_time()) is None:
            raise Unauthorized
        return self.no_content()


class PortalEmailVerifyView(_ByToken):
    """The new address, confirmed."""

    wordless = (401, 422)

    @documented(
        "Verify an email change",
        operation_id="customer_portal:customers:verify_email_update",
        body=EmailVerifyInput,
        answer=VerifiedEmailBody,
    )
    def post(self, request: Request) -> Any:
        """The token of a new session; 401 for a token that does not hold, 422 if it is taken."""
        token = self.read(EmailVerifyInput)["token"]
        now = system_time()
        change = open_email_change(token, at=now)
        if change is None:
            raise Unauthorized
        origin = build_origin(
            actor=Actor.CUSTOMER,
            door=Door.API,
            actor_id=str(change.customer_id),
            actor_label="Customer",
            clock_offset=change.organization.clock_offset,
        )
        session_token = verify_email_change(
            token=token, now=now, session_expires_at=now + SESSION_LIFETIME, origin=origin
        )
        return VerifiedEmailBody(token=session_token)


def _count(zone: str, identity: str) -> None:
    most = settings.API_RATE_MAILED
    require_within(zone, identity, [(most, 60), (2 * most, 3600)], block_seconds=BLOCK_SECONDS)
