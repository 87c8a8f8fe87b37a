"""Registration of the app with Django."""

from django.apps import AppConfig


class LicenseKeysConfig(AppConfig):
    """The `license_keys` app."""

    name = "apps.license_keys"
    verbose_name = "Licence keys"

    def ready(self) -> None:
        """Grant benefits of licence keys; take a grant along when its key is revoked by hand."""
        from apps.benefits import strategies
        from apps.license_keys import handlers
        from apps.license_keys.strategy import LicenseKeysStrategy

        strategies.register(LicenseKeysStrategy.type, LicenseKeysStrategy())
        handlers.register()
