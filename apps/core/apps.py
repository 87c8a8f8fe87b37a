"""Registration of the app with Django."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """The `core` app."""

    name = "apps.core"
    verbose_name = "Core"
