"""Registration of the app with Django."""

from django.apps import AppConfig


class TaxConfig(AppConfig):
    """The `tax` app."""

    name = "apps.tax"
    verbose_name = "Tax"

    def ready(self) -> None:
        """Keep the record of tax beside the ledger, and have both compared."""
        from apps.tax import checks, handlers

        checks.register()
        handlers.register()
