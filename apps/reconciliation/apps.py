"""Registration of the app with Django."""

from django.apps import AppConfig


class ReconciliationConfig(AppConfig):
    """The `reconciliation` app."""

    name = "apps.reconciliation"
    verbose_name = "Reconciliation"
