"""What programs ask about their keys: with the merchant's token, or from the field without one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from rest_framework.request import Request

from apps.api.limits import client_address, require_within
from apps.api.schema import documented
from apps.api.views import ApiView
from apps.core.errors import ResourceNotFound
from apps.core.origin import Actor, Door, Origin, build_origin
from apps.license_keys.api.bodies import (
    WITH_SOURCES,
    LicenseKeyActivationCreatedBody,
    ValidatedLicenseKeyBody,
)
from apps.license_keys.api.presenters import (
    present_activation,
    present_granted_key,
    present_validated_key,
)
from apps.license_keys.api.serializers import (
    LicenseKeyActivateInput,
    LicenseKeyDeactivateInput,
    LicenseKeyValidateInput,
    read_activation,
    read_validation,
)
from apps.license_keys.operations import activate_key, deactivate_key, validate_key
from apps.license_keys.rules import NO_KEY
from apps.license_keys.selectors import with_sources

BLOCK_SECONDS = 60


class ProgramView(ApiView):
    """A program, by the merchant's token."""

    scopes = {"POST": ("license_keys:write",)}

    def whose(self, organization_id: UUID) -> UUID:
        """
        The organization that the body names.

        :raises ResourceNotFound: if it is not the token's.
        """
        if not self.is_public and organization_id != self.organization.pk:
            raise ResourceNotFound(NO_KEY)
        return organization_id

    def origin(self) -> Origin:
        """The program, by the machine's clock: the operation knows whose clock counts."""
        token = self.request.auth
        if token is None:
            return build_origin(actor=Actor.CUSTOMER, door=Door.API)
        return build_origin(
            actor=Actor.MERCHANT,
            door=Door.API,
            actor_id=str(token.pk),
            actor_label=str(token)[:200],
        )


class ValidateView(ProgramView):
    """Validation."""

    @documented(
        "Validate a license key",
        operation_id="license_keys:validate",
        body=LicenseKeyValidateInput,
        answer=ValidatedLicenseKeyBody,
        errors=(400, 404),
    )
    def post(self, request: Request) -> Any:
        """The key, if it holds for what is asked."""
        organization_id, asked = read_validation(self.read(LicenseKeyValidateInput))
        version = self.api_version
        key, activation = validate_key(
            organization_id=self.whose(organization_id),
            asked=asked,
            has_sources=version >= WITH_SOURCES,
            origin=self.origin(),
        )
        return present_validated_key(key, activation, version)


class ActivateView(ProgramView):
    """Activation."""

    @documented(
        "Activate a license key",
        operation_id="license_keys:activate",
        body=LicenseKeyActivateInput,
        answer=LicenseKeyActivationCreatedBody,
        errors=(403, 404),
    )
    def post(self, request: Request) -> Any:
        """The new activation with its key."""
        organization_id, asked = read_activation(self.read(LicenseKeyActivateInput))
        activation = activate_key(
            organization_id=self.whose(organization_id), asked=asked, origin=self.origin()
        )
        key, version = activation.license_key, self.api_version
        if version >= WITH_SOURCES:
            key = with_sources(key)
        return {
            **present_activation(activation),
            "license_key": present_granted_key(key, version),
        }


class DeactivateView(ProgramView):
    """Deactivation."""

    @documented(
        "Deactivate a license key",
        operation_id="license_keys:deactivate",
        body=LicenseKeyDeactivateInput,
        status=204,
        errors=(404,),
    )
    def post(self, request: Request) -> HttpResponse:
        """Nothing; the place is free."""
        values = self.read(LicenseKeyDeactivateInput)
        deactivate_key(
            organization_id=self.whose(values["organization_id"]),
            key=values["key"],
            activation_id=values["activation_id"],
            origin=self.origin(),
        )
        return self.no_content()


class _FromTheField(ProgramView):
    """No token: whoever guesses is shut out soon."""

    is_public = True

    def count_request(self) -> None:
        """
        Count the request against its address.

        :raises RateLimited: above the limit, and for a minute from then.
        """
        require_within(
            "license_keys",
            client_address(self.request._request),
            [(settings.API_RATE_LICENSE_KEYS, 1)],
            block_seconds=BLOCK_SECONDS,
        )


class FieldValidateView(_FromTheField, ValidateView):
    """Validation from the field."""


class FieldActivateView(_FromTheField, ActivateView):
    """Activation from the field."""


class FieldDeactivateView(_FromTheField, DeactivateView):
    """Deactivation from the field."""
