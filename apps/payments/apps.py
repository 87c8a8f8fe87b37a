"""Registration of the app with Django."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    """The `payments` app."""

    name = "apps.payments"
    verbose_name = "Payments"

    def ready(self) -> None:
        """Listen to the processor, and to what it tells of payments."""
        from apps.payments import checks, handlers, inbound, mails, merging, tasks, webhooks

        webhooks.register()
        inbound.register()
        tasks.register()
        checks.register()
        handlers.register()
        mails.register()
        merging.register()
