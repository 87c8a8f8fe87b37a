"""Registration of the app with Django."""

from django.apps import AppConfig


class ProcessorsConfig(AppConfig):
    """The `processors` app."""

    name = "apps.processors"
    verbose_name = "Processors"
