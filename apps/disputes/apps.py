"""Registration of the app with Django."""

from django.apps import AppConfig


class DisputesConfig(AppConfig):
    """The `disputes` app."""

    name = "apps.disputes"
    verbose_name = "Disputes"

    def ready(self) -> None:
        """Listen to the processor and to refunds, have the clock watched and the rows checked."""
        from apps.disputes import benefits, checks, handlers, inbound, mails, tasks
        from apps.disputes.api.presenters import present_disputes_of_refunds
        from apps.disputes.dossier import sources
        from apps.payments.api.disputes import register_dispute_presenter

        benefits.register()
        checks.register()
        handlers.register()
        inbound.register()
        mails.register()
        sources.register()
        tasks.register()
        register_dispute_presenter(present_disputes_of_refunds)
