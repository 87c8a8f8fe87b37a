"""Registration of the app with Django."""

from django.apps import AppConfig


class LicenseKeysConfig(AppConfig):
    """The `license_keys` app."""

    name = "apps.license_keys"
    verbose_name = "Licence keys"
