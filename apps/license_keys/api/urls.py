"""Routes of the licence key endpoints; fixed words come before ids."""

from django.urls import path

from apps.license_keys.api.portal import (
    PortalLicenseKeyRotateView,
    PortalLicenseKeysView,
    PortalLicenseKeyView,
)
from apps.license_keys.api.programs import (
    ActivateView,
    DeactivateView,
    FieldActivateView,
    FieldDeactivateView,
    FieldValidateView,
    ValidateView,
)
from apps.license_keys.api.views import (
    LicenseKeyActivationView,
    LicenseKeyRotateView,
    LicenseKeysView,
    LicenseKeyView,
)

_PORTAL = "customer-portal/license-keys"

urlpatterns = [
    path("license-keys/", LicenseKeysView.as_view()),
    path("license-keys/validate", ValidateView.as_view()),
    path("license-keys/activate", ActivateView.as_view()),
    path("license-keys/deactivate", DeactivateView.as_view()),
    path("license-keys/<str:id>", LicenseKeyView.as_view()),
    path("license-keys/<str:id>/rotate", LicenseKeyRotateView.as_view()),
    path(
        "license-keys/<str:id>/activations/<str:activation_id>",
        LicenseKeyActivationView.as_view(),
    ),
    path(f"{_PORTAL}/", PortalLicenseKeysView.as_view()),
    path(f"{_PORTAL}/validate", FieldValidateView.as_view()),
    path(f"{_PORTAL}/activate", FieldActivateView.as_view()),
    path(f"{_PORTAL}/deactivate", FieldDeactivateView.as_view()),
    path(f"{_PORTAL}/<str:id>", PortalLicenseKeyView.as_view()),
    path(f"{_PORTAL}/<str:id>/rotate", PortalLicenseKeyRotateView.as_view()),
]
