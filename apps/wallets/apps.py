"""Registration of the app with Django."""

from django.apps import AppConfig


class WalletsConfig(AppConfig):
    """The `wallets` app."""

    name = "apps.wallets"
    verbose_name = "Wallets"

    def ready(self) -> None:
        """Have the balances checked with the books, and brought along where customers merge."""
        from apps.wallets import checks, merging

        checks.register()
        merging.register()
