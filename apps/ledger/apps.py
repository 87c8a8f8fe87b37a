"""Registration of the app with Django."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """The `ledger` app."""

    name = "apps.ledger"
    verbose_name = "Ledger"
