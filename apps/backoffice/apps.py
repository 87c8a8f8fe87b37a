"""Registration of the app with Django."""

from django.apps import AppConfig


class BackofficeConfig(AppConfig):
    """The `backoffice` app."""

    name = "apps.backoffice"
    verbose_name = "Backoffice"
