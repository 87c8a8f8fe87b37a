"""Licence keys for their merchant."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request

from apps.api.filters import among
from apps.api.schema import documented
from apps.api.views import ApiView
from apps.license_keys.api.bodies import (
    LicenseKeyActivationReadBody,
    LicenseKeyBody,
    LicenseKeyWithActivationsBody,
    RotatedLicenseKeyBody,
)
from apps.license_keys.api.presenters import (
    present_activation,
    present_license_key,
    present_with_activations,
)
from apps.license_keys.api.serializers import STATUSES, LicenseKeyUpdateInput
from apps.license_keys.models import LicenseKey
from apps.license_keys.operations import rotate_license_key, update_license_key
from apps.license_keys.selectors import license_keys, shown_activation, shown_license_key

READ = ("license_keys:read", "license_keys:write")
WRITE = ("license_keys:write",)


class LicenseKeysView(ApiView):
    """The keys of an organization."""

    scopes = {"GET": READ}

    @documented(
        "List license keys",
        operation_id="license_keys:list",
        answer=LicenseKeyBody,
        is_list=True,
        query=("organization_id", "benefit_id", "status"),
    )
    def get(self, request: Request) -> Any:
        """One page, the newest first."""
        version = self.api_version
        return self.page(self._listed, lambda key: present_license_key(key, version))

    def _listed(self) -> QuerySet[LicenseKey]:
        rows = among(
            license_keys(self.organization),
            **self.query.ids("organization_id", "benefit_id"),
            status=self.query.choices("status", STATUSES),
        )
        return rows.order_by("-created_at", "-id")


class LicenseKeyView(ApiView):
    """One key."""

    scopes = {"GET": READ, "PATCH": WRITE}

    @documented(
        "Get a license key",
        operation_id="license_keys:get",
        answer=LicenseKeyWithActivationsBody,
        errors=(404,),
    )
    def get(self, request: Request, id: str) -> Any:
        """The key with its activations."""
        key = shown_license_key(self.organization, self.id_from())
        return present_with_activations(key, self.api_version)

    @documented(
        "Update a license key",
        operation_id="license_keys:update",
        body=LicenseKeyUpdateInput,
        answer=LicenseKeyBody,
        errors=(404,),
    )
    def patch(self, request: Request, id: str) -> Any:
        """The key, changed."""
        key = shown_license_key(self.organization, self.id_from())
        changed = update_license_key(
            license_key_id=key.pk,
            changes=self.read(LicenseKeyUpdateInput),
            origin=self.origin(),
        )
        return present_license_key(changed, self.api_version)


class LicenseKeyRotateView(ApiView):
    """Another text for a key."""

    scopes = {"POST": WRITE}

    @documented(
        "Rotate a license key",
        operation_id="license_keys:rotate",
        answer=RotatedLicenseKeyBody,
        errors=(400, 404),
    )
    def post(self, request: Request, id: str) -> Any:
        """The key with its new text."""
        key = shown_license_key(self.organization, self.id_from())
        rotated = rotate_license_key(license_key_id=key.pk, origin=self.origin())
        return present_license_key(rotated, self.api_version)


class LicenseKeyActivationView(ApiView):
    """One activation of a key."""

    scopes = {"GET": READ}

    @documented(
        "Get a license key activation",
        operation_id="license_keys:get_activation",
        answer=LicenseKeyActivationReadBody,
        errors=(404,),
    )
    def get(self, request: Request, id: str, activation_id: str) -> Any:
        """The activation with its key."""
        key = shown_license_key(self.organization, self.id_from())
        activation = shown_activation(key, self.id_from("activation_id"))
        return {
            **present_activation(activation),
            "license_key": present_license_key(key, self.api_version),
        }
