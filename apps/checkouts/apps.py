"""Registration of the app with Django."""

from django.apps import AppConfig


class CheckoutsConfig(AppConfig):
    """The `checkouts` app."""

    name = "apps.checkouts"
    verbose_name = "Checkouts"

    def ready(self) -> None:
        """Listen to what becomes of payments; tell what ends checkouts."""
        from apps.checkouts import additions, handlers

        additions.register()
        handlers.register()
