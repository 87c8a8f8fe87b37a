"""Registration of the app with Django."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    """The `payments` app."""

    name = "apps.payments"
    verbose_name = "Payments"

    def ready(self) -> None:
        """Listen to the processor, and to what it tells of payments."""
        from apps.payments import (
            handlers,
            inbound,
            refund_checks,
            refund_inbound,
            refund_tasks,
            top_up_checks,
            top_up_handlers,
        )

        inbound.register()
        refund_inbound.register()
        refund_tasks.register()
        refund_checks.register()
        handlers.register()
        top_up_checks.register()
        top_up_handlers.register()
