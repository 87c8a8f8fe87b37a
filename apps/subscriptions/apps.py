"""Registration of the app with Django."""

from django.apps import AppConfig


class SubscriptionsConfig(AppConfig):
    """The `subscriptions` app."""

    name = "apps.subscriptions"
    verbose_name = "Subscriptions"

    def ready(self) -> None:
        """Listen to customers and organizations, and to our own ends; write to subscribers."""
        from apps.subscriptions import (
            additions,
            answers,
            checks,
            evidence,
            handlers,
            mails,
            merging,
            metrics,
            reminding,
            webhooks,
        )
        from apps.subscriptions.api import beside
        from apps.subscriptions.license_keys import register as register_license_keys

        checks.register()
        metrics.register()
        merging.register()
        webhooks.register()
        additions.register()
        answers.register()
        evidence.register()
        beside.register()
        register_license_keys()
        handlers.register()
        mails.register()
        reminding.register()
