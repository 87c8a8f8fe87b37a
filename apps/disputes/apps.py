"""Registration of the app with Django."""

from django.apps import AppConfig


class DisputesConfig(AppConfig):
    """The `disputes` app."""

    name = "apps.disputes"
    verbose_name = "Disputes"
