"""Registration of the app with Django."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class CoreConfig(AppConfig):
    """The `core` app."""

    name = "apps.core"
    verbose_name = "Core"

    def ready(self) -> None:
        """Know every task in every process: `enqueue` looks its queue up by name."""
        autodiscover_modules("tasks")
