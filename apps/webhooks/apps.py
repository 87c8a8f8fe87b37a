"""Registration of the app with Django."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    """The `webhooks` app."""

    name = "apps.webhooks"
    verbose_name = "Webhooks"

    def ready(self) -> None:
        """Write down what the other apps say that merchants are told of."""
        from apps.webhooks import handlers, health, mails, metrics, onboarding, organizations
        from apps.webhooks.operations import announce_event
        from apps.webhooks.registry import set_teller

        set_teller(announce_event)
        handlers.register()
        health.register()
        metrics.register()
        mails.register()
        onboarding.register()
        organizations.register()
