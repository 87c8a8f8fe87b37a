"""Licence keys for the customer who holds them."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request

from apps.api.filters import among
from apps.api.pages import paginate
from apps.api.schema import documented
from apps.customers.api.portal import READ, WRITE, PortalView
from apps.license_keys.api.bodies import (
    LicenseKeyBody,
    LicenseKeyWithActivationsBody,
    RotatedLicenseKeyBody,
)
from apps.license_keys.api.presenters import present_license_key, present_with_activations
from apps.license_keys.models import LicenseKey
from apps.license_keys.operations import rotate_license_key
from apps.license_keys.selectors import key_of_buyer, keys_of_buyer
from apps.license_keys.terms import terms_of


class PortalLicenseKeysView(PortalView):
    """The keys of a customer."""

    scopes = {"GET": READ}

    @documented(
        "List license keys",
        operation_id="customer_portal:license_keys:list",
        answer=LicenseKeyBody,
        is_list=True,
        query=("benefit_id",),
    )
    def get(self, request: Request) -> Any:
        """One page, the newest first."""
        version = self.api_version
        rows = among(
            keys_of_buyer(self.customer, self.member), benefit_id=self.query.uuids("benefit_id")
        )
        return paginate(
            rows.order_by("-created_at", "-id"),
            request,
            lambda key: present_license_key(key, version),
        )


class _OfCustomer(PortalView):
    """One key of a customer."""

    def license_key(self) -> LicenseKey:
        """
        The key that the path names.

        :raises ResourceNotFound: if it is not one that the person may see.
        """
        return key_of_buyer(self.customer, self.member, self.id_from())


class PortalLicenseKeyView(_OfCustomer):
    """Looking at a key."""

    scopes = {"GET": READ}

    @documented(
        "Get a license key",
        operation_id="customer_portal:license_keys:get",
        answer=LicenseKeyWithActivationsBody,
        errors=(404,),
    )
    def get(self, request: Request, id: str) -> Any:
        """The key, and its activations where the benefit lets customers see them."""
        key = self.license_key()
        is_shown = terms_of(key.benefit.properties).enable_customer_admin
        return present_with_activations(key, self.api_version, is_shown=is_shown)


class PortalLicenseKeyRotateView(_OfCustomer):
    """Another text for a key."""

    scopes = {"POST": WRITE}

    @documented(
        "Rotate a license key",
        operation_id="customer_portal:license_keys:rotate",
        answer=RotatedLicenseKeyBody,
        errors=(400, 404),
    )
    def post(self, request: Request, id: str) -> Any:
        """The key with its new text."""
        rotated = rotate_license_key(license_key_id=self.license_key().pk, origin=self.origin())
        return present_license_key(rotated, self.api_version)
