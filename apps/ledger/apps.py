"""Registration of the app with Django."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """The `ledger` app."""

    name = "apps.ledger"
    verbose_name = "Ledger"

    def ready(self) -> None:
        """Who is owed money is not deleted; the books are checked; sales lead to reviews."""
        from apps.ledger import additions, checks, handlers

        additions.register()
        checks.register()
        handlers.register()
