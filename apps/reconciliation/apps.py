"""Registration of the app with Django."""

from django.apps import AppConfig


class ReconciliationConfig(AppConfig):
    """The `reconciliation` app."""

    name = "apps.reconciliation"
    verbose_name = "Reconciliation"

    def ready(self) -> None:
        """Have what it finds checked with the other invariants."""
        from apps.reconciliation import checks

        checks.register()
