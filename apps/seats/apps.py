"""Registration of the app with Django."""

from django.apps import AppConfig


class SeatsConfig(AppConfig):
    """The `seats` app."""

    name = "apps.seats"
    verbose_name = "Seats"

    def ready(self) -> None:
        """Follow members and customers who go; tell merchants of seats."""
        from apps.seats import handlers, webhooks

        handlers.register()
        webhooks.register()
