"""Licence keys, their devices and days, and imports of them."""

from apps.license_keys.models.imports import (
    ImportProblem,
    ImportRow,
    LicenseKeyImport,
)
from apps.license_keys.models.keys import LicenseKey, LicenseKeyActivation, LicenseKeyDay

__all__ = [
    "ImportProblem",
    "ImportRow",
    "LicenseKey",
    "LicenseKeyActivation",
    "LicenseKeyDay",
    "LicenseKeyImport",
]
