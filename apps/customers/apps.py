"""Registration of the app with Django."""

from django.apps import AppConfig


class CustomersConfig(AppConfig):
    """The `customers` app."""

    name = "apps.customers"
    verbose_name = "Customers"

    def ready(self) -> None:
        """Have merchants told of them, and of what becomes of what they have."""
        from apps.customers import handlers, tasks, webhooks
        from apps.customers.operations import close_leaked_session
        from apps.organizations.leaks import register_leakable

        handlers.register()
        tasks.register()
        webhooks.register()
        register_leakable("polar_customer_session_token", close_leaked_session)
