"""Registration of the app with Django."""

from django.apps import AppConfig


class CheckoutsConfig(AppConfig):
    """The `checkouts` app."""

    name = "apps.checkouts"
    verbose_name = "Checkouts"

    def ready(self) -> None:
        """Listen to what becomes of payments and saved methods; tell what ends checkouts."""
        from apps.checkouts import (
            additions,
            answers,
            checks,
            evidence,
            handlers,
            inbound,
            merging,
            metrics,
            timing,
            webhooks,
        )

        checks.register()
        metrics.register()
        webhooks.register()
        additions.register()
        answers.register()
        evidence.register()
        handlers.register()
        inbound.register()
        merging.register()
        timing.register()
