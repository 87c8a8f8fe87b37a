"""Registration of the app with Django."""

from django.apps import AppConfig


class DisputesConfig(AppConfig):
    """The `disputes` app."""

    name = "apps.disputes"
    verbose_name = "Disputes"

    def ready(self) -> None:
        """Listen to the processor and to refunds, have the clock watched and the rows checked."""
        from apps.disputes import handlers, inbound, tasks
        from apps.disputes.dossier import sources

        handlers.register()
        inbound.register()
        sources.register()
        tasks.register()
