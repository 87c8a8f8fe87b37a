"""Registration of the app with Django."""

from django.apps import AppConfig


class InvariantsConfig(AppConfig):
    """The `invariants` app."""

    name = "apps.invariants"
    verbose_name = "Invariants"
