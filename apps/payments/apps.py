"""Registration of the app with Django."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    """The `payments` app."""

    name = "apps.payments"
    verbose_name = "Payments"

    def ready(self) -> None:
        """Listen to the processor."""
        from apps.payments import inbound

        inbound.register()
