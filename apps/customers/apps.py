"""Registration of the app with Django."""

from django.apps import AppConfig


class CustomersConfig(AppConfig):
    """The `customers` app."""

    name = "apps.customers"
    verbose_name = "Customers"

    def ready(self) -> None:
        """Have merchants told of them, and of what becomes of what they have."""
        from apps.customers import handlers, tasks, webhooks

        handlers.register()
        tasks.register()
        webhooks.register()
